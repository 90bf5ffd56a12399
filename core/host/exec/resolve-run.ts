// From what a task says it wants to run to a command line, or a problem with the field at fault.
import fs from 'node:fs';
import path from 'node:path';
import type { Run } from '../../engine/protocol/bodies.ts';
import { type Problem, problem } from '../../engine/protocol/problems.ts';
import type { Program } from '../../../programs/catalogue.ts';
import { parseArguments } from '../../../programs/shared/arguments.ts';

export interface ProgramPlace {
  /** A plain Node that runs the shipped programs. */
  node: string;
  /** Holds NAME.js as built, or NAME.ts in development. */
  programsDir: string;
}

export interface Command {
  argv: string[];
  cwd?: string;
  env: Record<string, string>;
}

export type Resolved = { ok: true; command: Command } | { ok: false; problem: Problem };

/**
 * Turns `task.run` into a command. Whether the agent may run commands of its own is not decided
 * here. A shipped program runs with nothing of the caller's but its checked arguments.
 */
export function resolveRun(run: Run, catalogue: readonly Program[], place: ProgramPlace): Resolved {
  const { argv, cwd, env, program, args } = run;
  if (program !== undefined && argv !== undefined) {
    return refuse('invalid-field', 'run.program', 'a run has either argv or program, not both');
  }
  if (program !== undefined) {
    if (cwd !== undefined || env !== undefined) {
      const field = cwd === undefined ? 'run.env' : 'run.cwd';
      return refuse('invalid-field', field, 'a shipped program takes only args');
    }
    return resolveProgram(program, args ?? [], catalogue, place);
  }
  if (args !== undefined) {
    return refuse('invalid-field', 'run.args', 'args are of a program; a command has argv');
  }
  if (argv === undefined) {
    return refuse('missing-field', 'run.argv', 'a run needs argv or program');
  }
  return { ok: true, command: withCwd({ argv: [...argv], env: envOf(env ?? []) }, cwd) };
}

function resolveProgram(
  name: string,
  args: readonly string[],
  catalogue: readonly Program[],
  { node, programsDir }: ProgramPlace,
): Resolved {
  const known = catalogue.find((one) => one.name === name);
  if (!known) {
    const names = catalogue.map((one) => one.name).join(', ');
    return refuse(
      'invalid-field',
      'run.program',
      `there is no program ${name}; there are ${names}`,
    );
  }
  const parsed = parseArguments(known, args);
  if (!parsed.ok) return refuse('invalid-field', 'run.args', parsed.detail);
  const built = path.join(programsDir, `${name}.js`);
  const file = fs.existsSync(built) ? built : path.join(programsDir, `${name}.ts`);
  return { ok: true, command: { argv: [node, file, ...args], env: {} } };
}

function envOf(lines: readonly string[]): Record<string, string> {
  const entries = lines.map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}

function withCwd(command: Command, cwd: string | undefined): Command {
  return cwd === undefined ? command : { ...command, cwd };
}

function refuse(code: 'invalid-field' | 'missing-field', field: string, detail: string): Resolved {
  return { ok: false, problem: problem(code, detail, { field }) };
}
