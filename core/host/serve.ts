// `haggle serve`: the host under plain Node, headless, with the screen for a browser on loopback.
// One line on stdout when it is ready; everything else goes to stderr.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataDir } from './data-dir.ts';
import type { Host } from './host.ts';
import { type HostOptions, outDir } from './options.ts';
import { isFailure, tryStart } from './start.ts';
import { VERSION } from './version.ts';

const USAGE = `usage: haggle serve [--data-dir DIR] [--port N] [--clock real|manual] [--no-probe]
                    [--demo] [--open-ui] [--json]`;

/** Read before anything else: a parent that dies while we start must be missed too. */
const PARENT = process.ppid;
const PARENT_POLL_MS = 100;
/** Longer than a command needs between one call for proposals and the next. */
const IDLE_MS = 2000;

interface Wishes {
  dataDir: string;
  port: number;
  clock: 'real' | 'manual';
  probe: boolean;
  demo: boolean;
  openUi: boolean;
}

function wishesOf(argv: string[]): Wishes {
  const { values } = parseArgs({
    args: argv,
    options: {
      'data-dir': { type: 'string' },
      port: { type: 'string', default: '0' },
      clock: { type: 'string', default: 'real' },
      'no-probe': { type: 'boolean', default: false },
      demo: { type: 'boolean', default: false },
      'open-ui': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error('--port must be a number from 0 to 65535');
  }
  const { clock } = values;
  if (clock !== 'real' && clock !== 'manual') throw new Error('--clock must be real or manual');
  const dataDir = path.resolve(values['data-dir'] ?? defaultDataDir());
  const { demo, 'open-ui': openUi, 'no-probe': noProbe } = values;
  return { dataDir, port, clock, probe: !noProbe, demo, openUi };
}

function end(code: number, message: string): never {
  if (message !== '') process.stderr.write(`haggle: ${message}\n`);
  process.exit(code);
}

async function main(): Promise<void> {
  let wishes: Wishes;
  try {
    wishes = wishesOf(process.argv.slice(2));
  } catch (e) {
    return end(2, `${e instanceof Error ? e.message : String(e)}\n${USAGE}`);
  }
  const { dataDir, port, clock, probe } = wishes;
  const uiRoot = path.join(outDir(import.meta.dirname), 'renderer');
  const options: HostOptions = {
    ...{ dataDir, port, clock, probe, version: VERSION },
    uiRoot: fs.existsSync(uiRoot) ? uiRoot : null,
    fatal: end,
  };
  const host = await tryStart(options);
  if (isFailure(host)) return end(host.code, host.message);
  let closing = false;
  const close = (): void => {
    if (closing) return;
    closing = true;
    host.close().then(
      () => process.exit(0),
      (e: unknown) => end(1, String(e)),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, close);
  followParent(host, close);
  if (wishes.demo) await host.startDemo();
  const { url, operatorTokenFile } = host;
  const ready = { ready: true, url, dataDir, operatorTokenFile, seq: host.seq() };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  if (wishes.openUi) showScreen(`${url}/#token=${host.operatorToken}`);
}

/**
 * Started by a launcher, it ends with it, even when that is killed without a word: at once, or
 * under HAGGLE_FOLLOW_PARENT=idle when nobody has had anything to do on it for a moment. A command
 * that started it for itself may not be the only one that found it.
 */
function followParent(host: Host, close: () => void): void {
  const how = process.env.HAGGLE_FOLLOW_PARENT;
  if (!how) return;
  let idleMs = 0;
  setInterval(() => {
    if (process.ppid === PARENT) return;
    idleMs = host.idle() ? idleMs + PARENT_POLL_MS : 0;
    if (how !== 'idle' || idleMs > IDLE_MS) close();
  }, PARENT_POLL_MS).unref();
}

/** The token is in the fragment: it never reaches a server or a log of one. */
function showScreen(link: string): void {
  process.stderr.write(`\nOpen this in a browser on this machine:\n\n    ${link}\n\n`);
}

await main();
