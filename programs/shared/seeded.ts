// Random numbers that come out the same everywhere, and text made of them.

/** The next 32 random bits. sfc32, seeded through its own output. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed >>> 0;
  let d = 1;
  const next = (): number => {
    const t = (((a + b) >>> 0) + d) >>> 0;
    d = (d + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + t) >>> 0;
    return t;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

const SYLLABLES = ['ba', 'ko', 'ri', 'me', 'tu', 'san', 'del', 'vo', 'ni', 'qua', 'per', 'lo'];

/** A fixed vocabulary: the same words for the same seed. */
export function vocabulary(random: Random, size: number): string[] {
  const words = new Set<string>();
  while (words.size < size) {
    let word = '';
    for (let left = 1 + (random() % 4); left > 0; left--) {
      word += SYLLABLES[random() % SYLLABLES.length] ?? '';
    }
    // Short words run out; a number makes any of them new.
    words.add(words.has(word) ? `${word}${words.size}` : word);
  }
  return [...words];
}

/** An index below `size`, small ones far more often: words and paths are used like that. */
export function skewed(random: Random, size: number): number {
  const unit = random() / 0x1_0000_0000;
  return Math.floor(unit * unit * unit * size);
}
