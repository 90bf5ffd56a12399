// `haggle serve`, `backup`, `programs`, `version`, `help`.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { closest } from '../closest.ts';
import { alone, type Command, type Context, hosted } from '../command.ts';
import { usage } from '../fault.ts';
import { helpOf, overview } from '../help.ts';
import { serveFile } from '../host-process.ts';
import type { Given } from '../options.ts';
import { table } from '../table.ts';
import { VERSION } from '../version.ts';

const SERVE_FLAGS = ['no-probe', 'demo', 'open-ui', 'json'] as const;
const SERVE_VALUES = ['data-dir', 'port', 'clock'] as const;

/**
 * The host in this very process: whoever kills us has killed it, signals reach it by themselves,
 * and its exit codes are ours.
 */
async function serve({ given }: Context): Promise<void> {
  const file = serveFile();
  process.argv = [process.execPath, file, ...serveArgs(given)];
  await import(pathToFileURL(file).href);
}

function serveArgs(given: Given): string[] {
  const flags = SERVE_FLAGS.filter((name) => given.flag(name)).map((name) => `--${name}`);
  const values = SERVE_VALUES.flatMap((name) => {
    const value = name === 'port' ? given.number(name) : given.text(name);
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  return [...flags, ...values];
}

async function backup({ open, out, given }: Context): Promise<void> {
  const { client } = await open();
  const doc = await client.send<{ backup: { file: string; pages: number } }>('POST', '/v1/backups');
  const dir = given.text('data-dir');
  const file = dir === undefined ? doc.backup.file : path.join(path.resolve(dir), doc.backup.file);
  out.answer(doc, () => `${file} (${doc.backup.pages} pages), in the data directory\n`);
}

interface ProgramDoc {
  name: string;
  title: string;
  what: string;
  typicalSeconds: number;
  arguments: { name: string; what: string; default: number | string | null }[];
}

async function programs({ open, out }: Context): Promise<void> {
  const { client } = await open();
  const doc = await client.get<{ programs: ProgramDoc[] }>('/v1/programs');
  out.answer(doc, () => doc.programs.map(programText).join('\n'));
}

function programText({ name, what, typicalSeconds, arguments: words }: ProgramDoc): string {
  const rows = table(
    words,
    [
      { head: 'argument', of: (word) => `--${word.name}` },
      { head: 'usual', right: true, of: (word) => String(word.default ?? '-') },
      { head: 'what', of: (word) => word.what },
    ],
    '',
  );
  return `${name}: ${what} About ${typicalSeconds} CPU s.\n${rows}`;
}

const version: Command['run'] = async ({ out }) => {
  out.answer({ version: VERSION, node: process.versions.node }, () => `haggle ${VERSION}\n`);
};

export const HOST: readonly Command[] = [
  alone({
    title: 'serve',
    what: 'runs the host without a window',
    notes: `Prints one line of JSON on stdout when it is ready, and ends with 0 at SIGTERM. Exit
codes: 2 usage, 3 another host holds the data directory, 4 the ledger is damaged, 5 a failed disk.`,
    example: 'haggle serve --port 0',
    options: {
      'data-dir': { type: 'text', value: 'DIR', what: 'where the ledger is' },
      port: {
        type: 'whole',
        value: 'N',
        what: '0 takes a free one',
        min: 0,
        max: 65_535,
        default: '0',
      },
      clock: {
        type: 'text',
        value: 'MODE',
        what: 'real, or manual: moved by POST /v1/clock',
        choices: ['real', 'manual'],
        default: 'real',
      },
      'no-probe': { type: 'flag', what: 'start with no device of this machine' },
      demo: { type: 'flag', what: 'start the starter swarm' },
      'open-ui': { type: 'flag', what: 'print a link to the screen' },
    },
    run: serve,
  }),
  hosted({
    title: 'backup',
    what: 'writes an online backup of the ledger into the data directory',
    example: 'haggle backup',
    options: {},
    run: backup,
  }),
  hosted({
    title: 'programs',
    what: 'lists the programs that ship with Haggle',
    example: 'haggle programs',
    options: {},
    run: programs,
  }),
  alone({
    title: 'version',
    what: 'prints the version',
    example: 'haggle version',
    options: {},
    run: version,
  }),
];

/** Needs to know all commands, itself apart. */
export function helpCommand(commands: readonly Command[]): Command {
  const help = alone({
    title: 'help',
    what: 'explains a command',
    example: 'haggle help run',
    options: {},
    arguments: [
      { name: 'command', optional: true },
      { name: 'subcommand', optional: true },
    ],
    async run({ given, out }) {
      const all = [...commands, help];
      const words = [given.argument('command'), given.argument('subcommand')];
      const title = words.filter((word) => word !== '').join(' ');
      const found = all.filter((one) => one.title === title || one.title.startsWith(`${title} `));
      if (title !== '' && found.length === 0) throw noHelp(title, all);
      out.answer(...(title === '' ? overview(all) : helpOf(found)));
    },
  });
  return help;
}

function noHelp(title: string, all: readonly Command[]): Error {
  const near = closest(title, [
    ...new Set(all.flatMap((one) => [one.title, one.title.split(' ')[0] ?? ''])),
  ]);
  const hint = near === null ? 'haggle help' : `haggle help ${near}`;
  return usage('unknown-command', `there is no command ${title}`, { field: title, hint });
}
