// The programs that ship with Haggle, as data: what a task may name in `run.program`, and what the
// programs themselves check their arguments against. Nothing here touches the machine.

/** One `--name value` of a program. Whatever is left out takes its default. */
export interface Argument {
  /** Without the dashes. */
  name: string;
  /** What it sets, in one line for a person. */
  what: string;
  kind: 'integer' | 'decimal' | 'choice';
  /** Both ends are allowed values. Of numbers only. */
  min: number;
  max: number;
  /** Of choices only; the numbers' bounds are 0 then. */
  choices: readonly string[];
  /** `null`: left out means not wanted. */
  default: number | string | null;
}

export interface Program {
  name: string;
  title: string;
  /** What it does and what its result says, for a person who chooses one. */
  what: string;
  arguments: readonly Argument[];
  /** CPU seconds of one run with the defaults on a core of 2024; a rough guide for bids. */
  typicalSeconds: number;
}

function integer(name: string, what: string, min: number, max: number, usual: number): Argument {
  return { name, what, kind: 'integer', min, max, choices: [], default: usual };
}

function choice(name: string, what: string, choices: readonly string[], usual: string): Argument {
  return { name, what, kind: 'choice', min: 0, max: 0, choices, default: usual };
}

/** Every program takes these two. */
const COMMON: readonly Argument[] = [
  integer(
    'seed',
    'start of the random numbers; the same seed gives the same checksum',
    0,
    2 ** 32 - 1,
    1,
  ),
  {
    name: 'seconds',
    what: 'repeat the whole run until this many seconds have passed, at least once',
    kind: 'decimal',
    min: 0.1,
    max: 86_400,
    choices: [],
    default: null,
  },
];

export const CATALOGUE: readonly Program[] = [
  {
    name: 'checksum-chain',
    title: 'Checksum chain',
    what: 'Chains SHA-256 over generated 1 MiB blocks; the head proves that every block was read.',
    arguments: [integer('mebibytes', 'how many blocks of 1 MiB', 1, 65_536, 3072), ...COMMON],
    typicalSeconds: 2,
  },
  {
    name: 'matrix-product',
    title: 'Matrix product',
    what: 'Multiplies square Float64 matrices again and again; the checksum is of the last one.',
    arguments: [
      integer('size', 'rows and columns', 2, 2048, 512),
      integer('products', 'how many products, each of the last one', 1, 10_000, 16),
      ...COMMON,
    ],
    typicalSeconds: 2,
  },
  {
    name: 'compress',
    title: 'Compression',
    what: 'Generates text, packs it, unpacks it again and compares; tells the ratio.',
    arguments: [
      integer('mebibytes', 'how much text, in blocks of 1 MiB', 1, 4096, 32),
      choice('format', 'the packer', ['gzip', 'brotli'], 'gzip'),
      integer('level', 'effort: more packs better and takes longer', 1, 9, 6),
      ...COMMON,
    ],
    typicalSeconds: 2,
  },
  {
    name: 'log-search',
    title: 'Log search',
    what: 'Generates a server log and searches it by pattern; counts hits and the busiest paths.',
    arguments: [
      integer('lines', 'lines of log', 1, 100_000_000, 1_000_000),
      integer('top', 'how many of the busiest paths to name', 1, 100, 10),
      ...COMMON,
    ],
    typicalSeconds: 2,
  },
  {
    name: 'prime-sieve',
    title: 'Prime sieve',
    what: 'Counts the primes up to a limit, segment by segment.',
    arguments: [integer('limit', 'up to here', 2, 2_000_000_000, 600_000_000), ...COMMON],
    typicalSeconds: 2,
  },
  {
    name: 'word-count',
    title: 'Word count',
    what: 'Counts words of generated text in parts and merges the counts: a small map and reduce.',
    arguments: [
      integer('words', 'words of text', 1, 1_000_000_000, 7_000_000),
      integer('parts', 'in how many parts', 1, 10_000, 64),
      integer('top', 'how many of the commonest words to name', 1, 100, 10),
      ...COMMON,
    ],
    typicalSeconds: 2,
  },
];

/** The program of that name, or undefined. */
export function programNamed(name: string): Program | undefined {
  return CATALOGUE.find((one) => one.name === name);
}
