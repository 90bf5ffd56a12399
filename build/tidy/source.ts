// A source file as the rules see it: text, lines, syntax tree, imports. The parser is the bundler's
// own (docs/adr/0003).
import path from 'node:path';
import { parseSync } from 'vite';

/** A node of the ESTree-shaped syntax tree. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

export interface Import {
  specifier: string;
  line: number;
  /** True when it vanishes at compile time: it carries no code over a wall. */
  typeOnly: boolean;
}

export interface Source {
  /** Relative to the root, with forward slashes. */
  path: string;
  text: string;
  lines: string[];
  /** Null for CSS and HTML. */
  program: Node | null;
  comments: { value: string; start: number }[];
  imports: Import[];
  lineOf(offset: number): number;
}

/** One breach of a rule. */
export interface Complaint {
  path: string;
  line: number;
  rule: string;
  message: string;
}

const CODE = new Set(['.ts', '.tsx', '.mjs', '.js', '.cjs']);

/** Parses one file; a syntax error is thrown, with the file's name. */
export function readSource(file: string, text: string): Source {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const starts = [0];
  for (let i = 0; i < text.length; i++) if (text[i] === '\n') starts.push(i + 1);
  const lineOf = (offset: number) => {
    const next = starts.findIndex((start) => start > offset);
    return next < 0 ? starts.length : next;
  };
  const base = { path: file, text, lines, lineOf };
  if (!CODE.has(path.extname(file))) return { ...base, program: null, comments: [], imports: [] };
  const parsed = parseSync(file, text);
  const [error] = parsed.errors;
  if (error) throw new Error(`${file}: ${error.message}`);
  const program = parsed.program as unknown as Node;
  return { ...base, program, comments: parsed.comments, imports: importsOf(program, lineOf) };
}

/** Every node with the chain of its parents, outermost first. */
export function* walk(node: Node, parents: Node[] = []): Generator<[Node, Node[]]> {
  yield [node, parents];
  const chain = [...parents, node];
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent') continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child, chain);
    }
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The value of a string literal or of a template without holes. */
export function stringOf(value: unknown): string | null {
  if (!isNode(value)) return null;
  if (value.type === 'Literal' && typeof value.value === 'string') return value.value;
  if (value.type !== 'TemplateLiteral') return null;
  const [only, ...more] = value.quasis as { value: { cooked: string } }[];
  return only && more.length === 0 ? only.value.cooked : null;
}

/** `object.property` of a plain member access, or null. */
export function memberOf(node: Node): { object: string; property: string } | null {
  if (node.type !== 'MemberExpression' || node.computed === true) return null;
  const { object, property } = node;
  if (!isNode(object) || !isNode(property)) return null;
  const name = object.type === 'Identifier' ? String(object.name) : '';
  return { object: name, property: String(property.name) };
}

function importsOf(program: Node, lineOf: (offset: number) => number): Import[] {
  const found: Import[] = [];
  for (const [node] of walk(program)) {
    const specifier = stringOf(node.source);
    if (specifier === null) continue;
    found.push({ specifier, line: lineOf(node.start), typeOnly: isTypeOnly(node) });
  }
  return found;
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = (node.specifiers ?? []) as Node[];
  const isType = (one: Node) => one.importKind === 'type' || one.exportKind === 'type';
  return specifiers.length > 0 && specifiers.every(isType);
}
