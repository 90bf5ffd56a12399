// docs/cli.md: what build/cli-page.md says about the command line, then every command as the
// command line itself describes it. `node build/cli-page.ts` writes it.
import fs from 'node:fs';
import path from 'node:path';
import { type Command, COMMON_OPTIONS } from '../cli/command.ts';
import { COMMANDS } from '../cli/commands.ts';
import { OWN } from '../cli/fault.ts';
import { optionText, usageOf } from '../cli/help.ts';
import { HOST_OPTIONS } from '../cli/session.ts';

const root = path.resolve(import.meta.dirname, '..');
const SHARED = new Set(Object.keys({ ...HOST_OPTIONS, ...COMMON_OPTIONS }));

const sentence = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;

function section(command: Command): string {
  const own = Object.entries(command.options).filter(([name]) => !SHARED.has(name));
  const rows = own.map(([name, spec]) => {
    const usual = spec.default === undefined ? '' : ` (${spec.default})`;
    return `| \`${optionText(name, spec)}\` | ${spec.what}${usual} |`;
  });
  const table = rows.length === 0 ? '' : `\n| option | |\n| --- | --- |\n${rows.join('\n')}\n`;
  const notes = command.notes === undefined ? '' : ` ${command.notes.replaceAll(/\s+/gu, ' ')}`;
  return `### haggle ${command.title}

${sentence(command.what)}${notes}
${table}
\`\`\`sh
${command.example}
\`\`\`

Usage: \`${usageOf(command)}\`
`;
}

/** The whole page. */
export function cliPage(): string {
  const intro = fs.readFileSync(path.join(root, 'build/cli-page.md'), 'utf8');
  const codes = Object.entries(OWN).map(([code, [, title]]) => `| \`${code}\` | ${title} |`);
  return `${intro}
${COMMANDS.map(section).join('\n')}
## Problems of the command line itself

Those of the host keep the host's codes, which are listed in its \`/v1/openapi.json\`.

| code | |
| --- | --- |
${codes.join('\n')}
`;
}

if (import.meta.main) fs.writeFileSync(path.join(root, 'docs/cli.md'), cliPage());
