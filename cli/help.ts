// Help, drawn from the same records that the parsing uses.
import type { Command } from './command.ts';
import type { OptionSpec } from './options.ts';

type Answer = [document: unknown, text: () => string];

/** All commands, one line each. */
export function overview(commands: readonly Command[]): Answer {
  const document = { commands: commands.map(summary) };
  const width = Math.max(...commands.map(({ title }) => title.length));
  const lines = commands.map(({ title, what }) => `  ${title.padEnd(width)}  ${what}`);
  return [
    document,
    () => `haggle: a market where agents bargain for compute

usage: haggle COMMAND [OPTIONS]

${lines.join('\n')}

Every command takes --json. More: haggle help COMMAND
`,
  ];
}

/** One command, or a group of them. */
export function helpOf(commands: readonly Command[]): Answer {
  const [only, ...others] = commands;
  if (only !== undefined && others.length === 0) {
    return [{ command: detail(only) }, () => explain(only)];
  }
  return [{ commands: commands.map(detail) }, () => commands.map(explain).join('\n\n')];
}

const summary = ({ title, what }: Command): object => ({ title, what });

function detail(command: Command): object {
  const { title, what, notes, example, options, arguments: words } = command;
  return { title, what, usage: usageOf(command), notes: notes ?? null, example, words, options };
}

export function usageOf({ title, options, arguments: words, command }: Command): string {
  const named = (words ?? []).map(({ name, optional }) =>
    optional === true ? `[${name.toUpperCase()}]` : name.toUpperCase(),
  );
  const rest = command === 'needed' ? ['--', 'COMMAND...'] : [];
  const more = command === 'allowed' ? ['[-- COMMAND...]'] : [];
  const some = Object.keys(options).length > 0 ? ['[OPTIONS]'] : [];
  return ['haggle', title, ...named, ...some, ...rest, ...more].join(' ');
}

function explain(command: Command): string {
  const { what, notes, options, example } = command;
  const rows = Object.entries(options).map(
    ([name, spec]) => [optionText(name, spec), spec] as const,
  );
  const width = Math.max(...rows.map(([text]) => text.length));
  const lines = rows.map(([text, spec]) => {
    const usual = spec.default === undefined ? '' : ` (${spec.default})`;
    return `  ${text.padEnd(width)}  ${spec.what}${usual}`;
  });
  const more = notes === undefined ? '' : `\n${wrapped(notes)}\n`;
  return `usage: ${usageOf(command)}

${what[0]?.toUpperCase() ?? ''}${what.slice(1)}.
${more}
${lines.join('\n')}

example: ${example}
`;
}

export function optionText(name: string, { value, type }: OptionSpec): string {
  return type === 'flag' ? `--${name}` : `--${name} ${value ?? 'TEXT'}`;
}

const COLUMNS = 80;
/** One paragraph, broken between words. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/u)) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= COLUMNS) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}
