// Bounds that keep the code readable in one sitting.
import { type Complaint, isNode, type Node, type Source, walk } from './source.ts';

export const FILE_LINES_MAX = 500;
export const FUNCTION_LINES_MAX = 70;
export const COLUMNS_MAX = 100;

/** A group of tests is a chapter, not a function. */
const CHAPTERS = new Set(['describe', 'suite']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

export function checkSize(source: Source): Complaint[] {
  return [...fileLength(source), ...lineLengths(source), ...functionLengths(source)];
}

function fileLength({ path, lines }: Source): Complaint[] {
  if (lines.length <= FILE_LINES_MAX) return [];
  const message = `${lines.length} lines, at most ${FILE_LINES_MAX}`;
  return [{ path, line: FILE_LINES_MAX + 1, rule: 'file-length', message }];
}

function lineLengths({ path, lines }: Source): Complaint[] {
  return lines.flatMap((text, i) => {
    if (text.length <= COLUMNS_MAX || isUnbreakable(path, text)) return [];
    const message = `${text.length} columns, at most ${COLUMNS_MAX}`;
    return [{ path, line: i + 1, rule: 'line-length', message }];
  });
}

/** An address cannot be broken; in tests, neither can a literal that is compared as a whole. */
function isUnbreakable(path: string, text: string): boolean {
  if (/https?:\/\/\S{40,}/.test(text)) return true;
  return path.startsWith('test/') && /(['"`/]).{50,}\1/.test(text);
}

function functionLengths({ path, program, lineOf }: Source): Complaint[] {
  if (!program) return [];
  const found: Complaint[] = [];
  for (const [node, parents] of walk(program)) {
    if (!FUNCTIONS.has(node.type) || isChapter(parents.at(-1))) continue;
    const line = lineOf(node.start);
    const length = lineOf(node.end) - line + 1;
    if (length <= FUNCTION_LINES_MAX) continue;
    const message = `${nameOf(node, parents)}: ${length} lines, at most ${FUNCTION_LINES_MAX}`;
    found.push({ path, line, rule: 'function-length', message });
  }
  return found;
}

function isChapter(parent: Node | undefined): boolean {
  if (parent?.type !== 'CallExpression' || !isNode(parent.callee)) return false;
  return parent.callee.type === 'Identifier' && CHAPTERS.has(String(parent.callee.name));
}

function nameOf(node: Node, parents: Node[]): string {
  const holder = isNode(node.id) ? node : parents.at(-1);
  const id = holder?.id ?? holder?.key;
  return isNode(id) && typeof id.name === 'string' ? id.name : 'a function';
}
