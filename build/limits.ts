// LIMITS.md from core/engine/base/limits.ts: every bound with its value and what happens there.
//   node build/limits.ts          writes LIMITS.md
import fs from 'node:fs';
import path from 'node:path';
import { LIMITS } from '../core/engine/base/limits.ts';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'core/engine/base/limits.ts');

const HEAD = `# Limits

Everything in Haggle is bounded. This page is made from \`core/engine/base/limits.ts\` by
\`node build/limits.ts\`; a test keeps the two together.

| bound | value | what it is, and what happens there |
| --- | --- | --- |
`;

/** The comment above each bound; one comment may stand for several that follow it. */
function comments(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let comment = '';
  for (const line of text.split('\n')) {
    const said = /^ {2}(?:\/\*\*|\*) ?(.*?)\s*(?:\*\/)?$/u.exec(line);
    const name = /^ {2}(\w+):/u.exec(line)?.[1];
    if (/^ {2}\/\*\*/u.test(line)) comment = said?.[1] ?? '';
    else if (/^ {3}\*/u.test(line)) comment += ` ${line.replace(/^ {3}\*\/?\s?|\s*\*\/$/gu, '')}`;
    else if (name !== undefined) found.set(name, comment.trim());
  }
  return found;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The whole page. */
export function limitsPage(): string {
  const why = comments(fs.readFileSync(source, 'utf8'));
  const rows = Object.entries(LIMITS).map(([name, value]) =>
    row([`\`${name}\``, value.toLocaleString('en-US'), why.get(name) ?? '']),
  );
  const notes = fs.readFileSync(path.join(root, 'build/limits-notes.md'), 'utf8');
  return `${HEAD}${rows.join('\n')}\n\n${notes}`;
}

if (import.meta.main) fs.writeFileSync(path.join(root, 'LIMITS.md'), limitsPage());
