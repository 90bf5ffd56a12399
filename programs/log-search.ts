// A generated server log, searched by pattern as `grep -c` and `sort | uniq -c` would.
import { createHash } from 'node:crypto';
import { integerOf, type Values } from './shared/arguments.ts';
import { runProgram, type Work } from './shared/run.ts';
import { type Random, seeded, skewed, vocabulary } from './shared/seeded.ts';
import { topOf } from './shared/top.ts';

const BATCH_LINES = 2000;
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const STATUSES = [200, 200, 200, 200, 200, 204, 301, 304, 400, 401, 404, 429, 500, 502, 503, 504];

const PATTERNS = {
  serverErrors: /" 5\d\d /,
  notFound: /" 404 /,
  slow: / [1-9]\d{3}ms$/,
  writes: /"(POST|PUT|DELETE) /,
  privateNetwork: /^10\.\d+\.\d+\.\d+ /,
};
type Pattern = keyof typeof PATTERNS;
const NAMES = Object.keys(PATTERNS) as Pattern[];
const PATH = /"[A-Z]+ (\/\S*) HTTP/;

function logLine(random: Random, words: readonly string[]): string {
  const bits = random();
  const network = bits % 3 === 0 ? 10 : 80 + (bits % 100);
  const address = `${network}.${(bits >>> 8) & 255}.${(bits >>> 16) & 255}.${bits >>> 24}`;
  const method = METHODS[random() % METHODS.length];
  const path = `/${words[skewed(random, words.length)]}/${words[skewed(random, 40)]}`;
  const status = STATUSES[skewed(random, STATUSES.length)];
  const second = String(random() % 86_400).padStart(5, '0');
  const spentMs = skewed(random, 4000);
  return `${address} - [${second}] "${method} ${path} HTTP/1.1" ${status} ${spentMs}ms`;
}

function logSearch(values: Values): Work {
  const lines = integerOf(values, 'lines');
  const top = integerOf(values, 'top');
  const random = seeded(integerOf(values, 'seed'));
  const words = vocabulary(random, 2000);
  const matches: Record<Pattern, number> = {
    serverErrors: 0,
    notFound: 0,
    slow: 0,
    writes: 0,
    privateNetwork: 0,
  };
  const paths = new Map<string, number>();
  let done = 0;
  const result = () => ({ lines: done, matches, paths: paths.size, busiest: topOf(paths, top) });
  return {
    *steps() {
      while (done < lines) {
        for (let left = Math.min(BATCH_LINES, lines - done); left > 0; left--) {
          const line = logLine(random, words);
          for (const name of NAMES) if (PATTERNS[name].test(line)) matches[name] += 1;
          const path = PATH.exec(line)?.[1] ?? '';
          paths.set(path, (paths.get(path) ?? 0) + 1);
          done += 1;
        }
        yield done / lines;
      }
    },
    result,
    checksum: () =>
      done === lines ? createHash('sha256').update(JSON.stringify(result())).digest('hex') : null,
  };
}

await runProgram('log-search', logSearch);
