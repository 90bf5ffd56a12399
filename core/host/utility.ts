// The host inside Electron's utility process. It knows the shell only by the messages of its port.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { HostToShell, ShellToHost } from '../contract.ts';
import { defaultDataDir } from './data-dir.ts';
import type { Host } from './host.ts';
import { outDir } from './options.ts';
import { isFailure, tryStart } from './start.ts';
import { VERSION } from './version.ts';

/** The parts of Electron's parentPort that are used here. */
interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (e: { data: unknown; ports: ScreenPort[] }) => void): void;
}
interface ScreenPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (e: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
}

const shell = (process as unknown as { parentPort: Port }).parentPort;
const tell = (message: HostToShell): void => shell.postMessage(message);

function fatal(code: number, message: string): never {
  tell({ kind: 'fatal', code: String(code), message });
  process.exit(code);
}

function connect(host: Host, port: ScreenPort): void {
  const link = host.connect((m) => port.postMessage(m));
  port.on('message', (e) => link.receive(e.data));
  port.on('close', () => link.closed());
  port.start();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: { 'data-dir': { type: 'string' }, demo: { type: 'boolean', default: false } },
    strict: false,
  });
  const given = values['data-dir'];
  const dataDir = path.resolve(typeof given === 'string' ? given : defaultDataDir());
  const uiRoot = path.join(outDir(import.meta.dirname), 'renderer');
  const host = await tryStart({
    ...{ dataDir, port: 0, clock: 'real', probe: true, version: VERSION, fatal },
    uiRoot: fs.existsSync(uiRoot) ? uiRoot : null,
  });
  if (isFailure(host)) return fatal(host.code, host.message);
  shell.on('message', ({ data, ports }) => {
    const message = data as ShellToHost;
    const [port] = ports;
    if (message.kind === 'connect' && port !== undefined) connect(host, port);
    if (message.kind === 'shutdown') void host.close().then(() => process.exit(0));
  });
  tell({ kind: 'ready', url: host.url, seq: host.seq(), dataDir });
  if (values.demo === true) await host.startDemo();
}

await main();
