// Map and reduce: text is generated and counted part by part, then the counts are merged.
import { createHash } from 'node:crypto';
import { integerOf, type Values } from './shared/arguments.ts';
import { runProgram, type Work } from './shared/run.ts';
import { type Random, seeded, skewed, vocabulary } from './shared/seeded.ts';
import { topOf } from './shared/top.ts';

const BATCH_WORDS = 5000;

function textOf(random: Random, words: readonly string[], count: number): string {
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const word = words[skewed(random, words.length)] ?? '';
    const shown = random() % 9 === 0 ? word.toUpperCase() : word;
    parts.push(shown, random() % 12 === 0 ? '. ' : ' ');
  }
  return parts.join('');
}

function countInto(counts: Map<string, number>, text: string): void {
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+\d*/g)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}

function wordCount(values: Values): Work {
  const words = integerOf(values, 'words');
  const parts = Math.min(integerOf(values, 'parts'), words);
  const top = integerOf(values, 'top');
  const seed = integerOf(values, 'seed');
  const known = vocabulary(seeded(seed), 5000);
  const merged = new Map<string, number>();
  let counted = 0;
  let finished = false;

  function* part(index: number): Generator<number, Map<string, number>> {
    const random = seeded(seed + index + 1);
    const counts = new Map<string, number>();
    let left = Math.floor(((index + 1) * words) / parts) - Math.floor((index * words) / parts);
    while (left > 0) {
      const batch = Math.min(BATCH_WORDS, left);
      countInto(counts, textOf(random, known, batch));
      left -= batch;
      counted += batch;
      yield counted / words;
    }
    return counts;
  }

  const result = () => ({
    words: counted,
    distinct: merged.size,
    commonest: topOf(merged, top),
  });
  return {
    *steps() {
      for (let index = 0; index < parts; index++) {
        const counts = yield* part(index);
        for (const [word, n] of counts) merged.set(word, (merged.get(word) ?? 0) + n);
      }
      finished = true;
    },
    result,
    checksum: () =>
      finished ? createHash('sha256').update(JSON.stringify(result())).digest('hex') : null,
  };
}

await runProgram('word-count', wordCount);
