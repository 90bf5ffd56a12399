// `npm run bench [-- PART...] [--minutes N]`: the numbers, printed and kept in
// .artifacts/bench.json beside what machine they are from. Parts: ledger, http, engine, sao,
// scaling, ready, start, screen, memory; all of them by default. Nothing here passes or fails:
// machines differ.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureMemory, measureStart, noApp } from './app.ts';
import { measureEngine } from './engine.ts';
import { measureHttp, measureReady } from './host.ts';
import { measureLedger, syncTimes } from './ledger.ts';
import { measureSao } from './sao.ts';
import { measureScaling } from './scaling.ts';
import { measureScreen } from './screen.ts';

const noScreen = process.env.HAGGLE_TEST_CHROMIUM ? null : (process.env.HAGGLE_NO_CHROMIUM ?? '');

interface Part {
  /** Why it cannot be measured here, or null. */
  without?: string | null;
  measure(minutes: number): unknown;
}

/** In an order in which none warms the machine for the next more than it must. */
const PARTS: Readonly<Record<string, Part>> = {
  ledger: { measure: measureLedger },
  http: { measure: () => measureHttp() },
  engine: { measure: measureEngine },
  sao: { measure: measureSao },
  scaling: { measure: measureScaling },
  ready: { measure: () => measureReady() },
  start: { without: noApp, measure: () => measureStart() },
  screen: { without: noScreen, measure: () => measureScreen() },
  memory: { without: noApp, measure: measureMemory },
};

/** What the numbers depend on; the disk's own latency is taken before and after. */
function machine(): Record<string, unknown> {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model ?? 'unknown',
    cores: cpus.length,
    memoryGB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    load: os.loadavg().map((l) => Math.round(l * 100) / 100),
  };
}

/** Flat rows as a table, the rest as it is. */
function print(name: string, result: unknown): void {
  console.log(`\n== ${name}`);
  const rows = Array.isArray(result) ? (result as unknown[]) : null;
  if (rows === null) console.log(JSON.stringify(result, null, 2));
  else console.table(rows);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: 'string', default: '10' } },
  });
  const minutes = Number(values.minutes);
  const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
  const odd = wanted.find((name) => !(name in PARTS));
  if (odd !== undefined || !(minutes > 0 && minutes <= 120)) {
    console.error(`bench: ${odd ?? '--minutes'} is none of: ${Object.keys(PARTS).join(', ')};`);
    console.error('       --minutes is from 0.1 to 120');
    process.exitCode = 2;
    return;
  }
  const results: Record<string, unknown> = { at: new Date().toISOString(), machine: machine() };
  print('machine', results.machine);
  for (const name of wanted) {
    const part = PARTS[name];
    if (part === undefined) continue;
    const result = part.without
      ? { skipped: part.without }
      : { fdatasyncMs: syncTimes(), result: await part.measure(minutes) };
    results[name] = result;
    print(name, 'result' in result ? result.result : result);
    if ('fdatasyncMs' in result) {
      const { p50, p99 } = result.fdatasyncMs;
      console.log(`fdatasync of 4 KiB just before: p50 ${p50} ms, p99 ${p99} ms`);
    }
  }
  const dir = path.resolve(import.meta.dirname, '../../.artifacts');
  fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(path.join(dir, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.log('\nkept in .artifacts/bench.json');
}

await main();
