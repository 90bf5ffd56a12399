// The host as people run it, headless, for a browser to look at. It is ended with its test.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { root } from './support.ts';

export interface RealHost {
  url: string;
  /** With the key of the operator, as `--open-ui` prints it. */
  link: string;
  port: number;
  child: ChildProcess;
}

export async function startRealHost(t: TestContext, dataDir: string, port = 0): Promise<RealHost> {
  const serve = path.join(root, 'out/host/serve.js');
  const argv = [serve, '--data-dir', dataDir, '--port', String(port)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  });
  const ready = JSON.parse(await firstLine(child)) as { url: string; operatorTokenFile: string };
  const token = fs.readFileSync(ready.operatorTokenFile, 'utf8').trim();
  const link = `${ready.url}/#token=${token}`;
  return { url: ready.url, link, port: Number(new URL(ready.url).port), child };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  // Read on, or a full pipe would stop the host one day.
  stdout?.resume();
  return text.split('\n', 1)[0] ?? '';
}
