// Natural language that crosses between two sides: cleaned, bounded, and kept from giving away a
// price that only its own side may know.
import { MICRO } from '../../engine/base/credits.ts';
import type { Move, View } from './strategy.ts';

/** Longest message one side shows the other, and longest private reason; UTF-16 code units. */
export const WORDS_MAX = 500;

/** Control, format (zero width, direction) and private characters, line and paragraph marks. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+/gu;

/**
 * One line of visible text of at most `max` code units, in Unicode's compatibility form (NFKC), so
 * that look-alikes of digits and brackets are what they look like. Never throws.
 */
export function cleanWords(text: string, max = WORDS_MAX): string {
  const visible = text
    .slice(0, 2 * max)
    .toWellFormed()
    .normalize('NFKC')
    .replace(INVISIBLE, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  if (visible.length <= max) return visible;
  // A cut between the halves of a character leaves no half.
  return `${visible.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** What is said where there are no words, or none that may be shown. It names no number. */
const NEUTRAL: Record<Move['type'], string> = {
  offer: 'This is my offer.',
  accept: 'I accept your offer.',
  quit: 'I end the negotiation here.',
};

export const neutralWords = (move: Move): string => NEUTRAL[move.type];

/**
 * True when words, cleaned before, name the reservation price: in digits with any separators, with
 * k or million, in English words, in credits for a price in micro-credits, digit by digit, or a
 * number within 1 % of it that is on nobody's table. Errs towards true: a sentence lost costs
 * little. It cannot see hints (`not far below my first price`), other languages, or arithmetic.
 */
export function givesAway(words: string, view: View, move: Move): boolean {
  const secret = view.reservation;
  const text = words.toLowerCase();
  // Digits of other scripts, superscripts and the like cannot be read here.
  if (/(?![0-9])\p{N}/u.test(text)) return true;
  const digits = text.replace(/[^0-9]/g, '');
  if (secret >= 1000 && digits.includes(String(secret))) return true;
  const known = new Set([...view.mine, ...view.theirs]);
  if (move.type === 'offer') known.add(move.price);
  const tells = (value: number): boolean =>
    value === secret || (!known.has(value) && Math.abs(value - secret) * 100 < secret);
  const values = [...numerals(text), ...spelledNumbers(text)];
  return values.some((value) => tells(value) || tells(Math.round(value * MICRO)));
}

const SCALES = new Map<string, number>([
  ['k', 1e3],
  ['thousand', 1e3],
  ['grand', 1e3],
  ['m', 1e6],
  ['mn', 1e6],
  ['million', 1e6],
  ['b', 1e9],
  ['bn', 1e9],
  ['billion', 1e9],
]);

const NUMERAL = /([0-9]+(?:[.,'_’ ][0-9]+)*)(?:\s*([a-z]+))?/g;

/** Each run of digits in every way it can be read: 1,234 as 1234, as 1.234, as 1 and 234. */
function numerals(text: string): number[] {
  return [...text.matchAll(NUMERAL)].flatMap(([, run = '', unit = '']) => {
    const parts = run.split(/[^0-9]/);
    const fraction = Number(`${parts.slice(0, -1).join('')}.${parts.at(-1)}`);
    const readings = parts.map(Number);
    if (parts.length > 1) readings.push(Number(parts.join('')), fraction);
    const scale = SCALES.get(unit);
    if (scale === undefined) return readings;
    return [...readings, ...readings.map((value) => Math.round(value * scale))];
  });
}

const UP_TO_TEN = 'zero one two three four five six seven eight nine ten'.split(' ');
const TEENS = 'eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
  ' ',
);
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SMALL = new Map<string, number>([
  ...[...UP_TO_TEN, ...TEENS].map((word, n) => [word, n] as const),
  ...TENS.map((word, n) => [word, 20 + 10 * n] as const),
]);

/** Numbers in English words: `ten thousand`, `one hundred and five`. */
function spelledNumbers(text: string): number[] {
  const found: number[] = [];
  let [total, group, open] = [0, 0, false];
  for (const word of [...(text.match(/[a-z]+/g) ?? []), '.']) {
    const small = SMALL.get(word);
    const scale = SCALES.get(word);
    if (small !== undefined) group += small;
    else if (word === 'hundred') group = Math.max(group, 1) * 100;
    else if (word === 'dozen') group = Math.max(group, 1) * 12;
    else if (scale !== undefined && word.length > 2) {
      total += Math.max(group, 1) * scale;
      group = 0;
    } else {
      if (word === 'and') continue;
      if (open) found.push(total + group);
      [total, group, open] = [0, 0, false];
      continue;
    }
    open = true;
  }
  return found;
}
