// `haggle`: the command line. Finds the command, reads its options, runs it, and says in one place
// what went wrong.
import { closest } from './closest.ts';
import { type Command, COMMON_OPTIONS } from './command.ts';
import { COMMANDS } from './commands.ts';
import { asFault, EXIT, faultText, usage } from './fault.ts';
import { helpOf, overview } from './help.ts';
import { type Given, readOptions } from './options.ts';
import { createOutput } from './output.ts';
import { HOST_OPTIONS, openSession, type OpenHow, type Session } from './session.ts';

interface Found {
  command: Command;
  args: string[];
}

/** Options may stand before the command's words; `--url` and its like bring their value along. */
function splitWords(argv: readonly string[]): { words: string[]; before: string[]; at: number } {
  const before: string[] = [];
  let at = 0;
  for (; at < argv.length; at++) {
    const arg = argv[at] ?? '';
    if (!arg.startsWith('-') || arg === '--') break;
    before.push(arg);
    const next = argv[at + 1];
    if (next === undefined || !/^--(url|token|data-dir)$/u.test(arg)) continue;
    before.push(next);
    at++;
  }
  const words = argv.slice(at, at + 2).filter((word, _i, all) => isWord(word) && isWord(all[0]));
  return { words, before, at };
}

const isWord = (text: string | undefined): boolean => /^[a-z][a-z-]*$/u.test(text ?? '');

function findCommand(argv: readonly string[]): Found | null {
  const { words, before, at } = splitWords(argv);
  const [first, second] = words;
  if (first === undefined) {
    const odd = argv[at];
    if (odd !== undefined) throw unknown(odd);
    readOptions('haggle', before, { options: { ...HOST_OPTIONS, ...COMMON_OPTIONS } });
    return null;
  }
  const rest = (used: number): string[] => [...before, ...argv.slice(at + used)];
  const both = COMMANDS.find(({ title }) => title === `${first} ${second}`);
  if (both !== undefined) return { command: both, args: rest(2) };
  const one = COMMANDS.find(({ title }) => title === first);
  if (one !== undefined) return { command: one, args: rest(1) };
  const group = COMMANDS.filter(({ title }) => title.startsWith(`${first} `));
  const [usual] = group;
  if (usual === undefined) throw unknown(first);
  const next = argv[at + 1];
  if (next !== undefined && !next.startsWith('-')) throw unknownIn(first, next, group);
  return { command: usual, args: rest(1) };
}

function unknown(word: string): Error {
  const names = [...new Set(COMMANDS.map(({ title }) => title.split(' ')[0] ?? ''))];
  const near = closest(word, names);
  const hint = near === null ? 'haggle help' : `haggle ${near}`;
  return usage('unknown-command', `there is no command ${word}`, { field: word, hint });
}

function unknownIn(first: string, word: string, group: readonly Command[]): Error {
  const names = group.map(({ title }) => title.slice(first.length + 1));
  const near = closest(word, names);
  const hint = near === null ? `one of ${names.join(', ')}` : `haggle ${first} ${near}`;
  return usage('unknown-command', `${first} has no command ${word}`, { field: word, hint });
}

/** Our own arguments only: what follows `--` belongs to somebody else. */
function ownArgs(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

async function main(argv: readonly string[]): Promise<number> {
  const own = ownArgs(argv);
  const has = (name: string): boolean => own.includes(name);
  const out = createOutput({ json: has('--json'), quiet: has('--quiet') });
  const sessions: Session[] = [];
  try {
    if (has('--version') || own[0] === '-v') return await main(['version']);
    const found = findCommand(argv);
    if (found === null || has('--help') || has('-h')) {
      out.answer(...(found === null ? overview(COMMANDS) : helpOf([found.command])));
      return found === null && !has('--help') && !has('-h') && !out.json ? EXIT.usage : 0;
    }
    const { command, args } = found;
    const given: Given = readOptions(command.title, args, command);
    const open = async (how?: OpenHow): Promise<Session> => {
      const session = await openSession(given, out, how);
      sessions.push(session);
      return session;
    };
    return (await command.run({ given, out, open })) ?? 0;
  } catch (error) {
    const fault = asFault(error);
    process.stderr.write(out.json ? `${JSON.stringify(fault.problem)}\n` : faultText(fault));
    return fault.exitCode;
  } finally {
    for (const session of sessions) await session.close();
  }
}

// `haggle agents list | head -1` closes our stdout early; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
