// The rules of the house as a check: `npm run check`. Each rule is proven by a planted violation in
// test/build/tidy.test.ts.
import fs from 'node:fs';
import path from 'node:path';
import { sourceFiles } from './setup/fresh.mjs';
import { root } from './setup/paths.mjs';
import { checkHabits } from './tidy/habits.ts';
import { checkPurity } from './tidy/purity.ts';
import { checkBarrels, checkReach } from './tidy/reach.ts';
import { checkSize } from './tidy/size.ts';
import { type Complaint, readSource, type Source } from './tidy/source.ts';
import { checkWalls } from './tidy/walls.ts';

const FILES = /\.(tsx?|mjs|cjs|js|css|html)$/;
/** What lies in the root but is not the project: made, fetched, or git's. */
const NOT_OURS = /^(\..*|node_modules|out|out-.*|release)$/;

/** Every source file of the project, path to text; works without git too. */
export function projectFiles(base = root): Map<string, string> {
  const ours = fs.readdirSync(base).filter((name) => !NOT_OURS.test(name));
  const names = sourceFiles(base, ours).filter((name) => FILES.test(name));
  return new Map(
    names.map((name) => [
      name.split(path.sep).join('/'),
      fs.readFileSync(path.join(base, name), 'utf8'),
    ]),
  );
}

/** All complaints about the given files, in order of path and line. */
export function tidy(files: ReadonlyMap<string, string>): Complaint[] {
  const found: Complaint[] = [];
  const sources = new Map<string, Source>();
  for (const [name, text] of files) {
    try {
      sources.set(name, readSource(name, text));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      found.push({ path: name, line: 1, rule: 'syntax', message });
    }
  }
  for (const source of sources.values()) {
    const rules = [checkWalls, checkSize, checkPurity, checkHabits];
    found.push(...rules.flatMap((rule) => rule(source)));
  }
  found.push(...checkReach(sources), ...checkBarrels(sources));
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}

/** One complaint a line, as an editor can follow it. */
export function describeComplaints(complaints: readonly Complaint[]): string {
  return complaints.map((c) => `${c.path}:${c.line} ${c.rule}: ${c.message}`).join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const report = describeComplaints(tidy(projectFiles()));
  if (report) process.stdout.write(`${report}\n`);
  process.exitCode = report ? 1 : 0;
}
