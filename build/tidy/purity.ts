// What a pure room must not touch: clock, randomness, locale; and in the engine every function of
// Math whose last bit depends on the machine. Replaying a journal must give the same bits anywhere.
import { type Complaint, isNode, memberOf, type Node, type Source, walk } from './source.ts';
import { roomOf } from './walls.ts';

const AMBIENT = new Set([
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'globalThis',
  'Intl',
]);
const LOCALE = /^(toLocale\w*|localeCompare)$/;
/** Exact by IEEE 754 or integer arithmetic; all others are only approximations. */
const EXACT_MATH = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
]);

export function checkPurity({ path, program, lineOf }: Source): Complaint[] {
  const purity = roomOf(path)?.pure;
  if (!purity || !program) return [];
  const found: Complaint[] = [];
  for (const [node, parents] of walk(program)) {
    const reason = impure(node, parents.at(-1)) ?? (purity === 'pure' ? null : inexact(node));
    if (reason) found.push({ path, line: lineOf(node.start), rule: 'purity', message: reason });
  }
  return found;
}

function impure(node: Node, parent: Node | undefined): string | null {
  const member = memberOf(node);
  if (member) {
    const name = `${member.object}.${member.property}`;
    if (name === 'Date.now') return 'Date.now: time comes inside the command';
    if (name === 'Math.random') return 'Math.random: randomness comes inside the command';
    if (LOCALE.test(member.property)) return `${member.property} differs between machines`;
    return null;
  }
  if (isCallOf(node, 'Date')) return 'the present time: it comes inside the command';
  if (node.type !== 'Identifier' || isPropertyName(node, parent)) return null;
  const name = String(node.name);
  if (AMBIENT.has(name)) return `${name} is no part of a pure room`;
  const bare = name === 'Math' && parent?.type !== 'MemberExpression';
  return bare ? 'Math must be used as Math.name, so that the name can be checked' : null;
}

/** `Date()`, or `new Date()` without an argument. */
function isCallOf(node: Node, name: string): boolean {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false;
  const { callee } = node;
  if (!isNode(callee) || callee.type !== 'Identifier' || callee.name !== name) return false;
  return node.type === 'CallExpression' || (node.arguments as unknown[]).length === 0;
}

function isPropertyName(node: Node, parent: Node | undefined): boolean {
  if (!parent || parent.computed === true) return false;
  return parent.property === node || (parent.key === node && parent.shorthand !== true);
}

function inexact(node: Node): string | null {
  const member = memberOf(node);
  if (member?.object === 'Math' && !EXACT_MATH.has(member.property) && !isConstant(member)) {
    return `Math.${member.property} is not bit-identical across machines`;
  }
  const computed = node.type === 'MemberExpression' && node.computed === true;
  if (computed && isNode(node.object) && node.object.name === 'Math') {
    return 'Math[...] hides which function is called';
  }
  const power = node.type === 'BinaryExpression' && node.operator === '**';
  if (power && !isExact(node.left) && !isExact(node.right)) {
    return '** is not bit-identical across machines; use integers or BigInt literals';
  }
  return null;
}

function isConstant({ property }: { property: string }): boolean {
  return property === property.toUpperCase();
}

/** 10 ** 6 is folded exactly, 2n ** x is integer arithmetic. */
function isExact(node: unknown): boolean {
  if (!isNode(node) || node.type !== 'Literal') return false;
  return typeof node.bigint === 'string' || Number.isInteger(node.value);
}
