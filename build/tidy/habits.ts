// Small habits that a linter does not know.
import path from 'node:path';
import { type Complaint, isNode, memberOf, type Node, type Source, walk } from './source.ts';

const UNFINISHED = /\b(TODO|FIXME|XXX)\b/;
const SILENCED = /@ts-(ignore|nocheck)|(eslint|oxlint)-disable|prettier-ignore/;
const ANY_IN_DOC = /@\w+\s+\{[^}]*\bany\b[^}]*\}/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|spec|config|d))?$/;

export function checkHabits(source: Source): Complaint[] {
  const { path: file, program, lineOf } = source;
  if (!program) return [];
  const found: Complaint[] = [];
  const complain = (offset: number, rule: string, message: string) =>
    found.push({ path: file, line: lineOf(offset), rule, message });
  const name = path.posix.basename(file, path.posix.extname(file));
  if (!KEBAB.test(name)) complain(0, 'file-name', `${name} is not in kebab-case`);
  for (const { value, start } of source.comments) {
    const unfinished = UNFINISHED.exec(value)?.[0];
    if (unfinished) complain(start, 'unfinished', `${unfinished}: do it or open an issue`);
    if (SILENCED.test(value)) complain(start, 'silenced', 'a check is silenced: mend the cause');
    if (ANY_IN_DOC.test(value)) complain(start, 'any', 'any: name the type, or unknown');
  }
  for (const [node] of walk(program)) {
    if (node.type === 'TSAnyKeyword') complain(node.start, 'any', 'any: name the type, or unknown');
    if (isDefaultExport(node)) complain(node.start, 'default-export', 'export it by its name');
    if (isAsyncTransaction(node)) {
      complain(node.start, 'async-transaction', 'a transaction would commit at the first await');
    }
    if (isNarrowed(node)) complain(node.start, 'only', 'only: the other tests would not run');
  }
  return found;
}

function isDefaultExport(node: Node): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true;
  if (node.type !== 'ExportSpecifier') return false;
  return isNode(node.exported) && node.exported.name === 'default';
}

function isAsyncTransaction(node: Node): boolean {
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return false;
  if (memberOf(node.callee)?.property !== 'transaction') return false;
  const [first] = node.arguments as unknown[];
  return isNode(first) && first.async === true;
}

function isNarrowed(node: Node): boolean {
  const member = memberOf(node);
  return member?.property === 'only' && /^(test|it|describe|suite)$/.test(member.object);
}
