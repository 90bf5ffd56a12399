// Goal: no moment is a bad one to be killed at. Method: a host on this machine's real capacity runs
// jobs as processes while clients make deals over HTTP, each request with a key and sent until it
// is answered; the host is killed -9 at random moments, over twenty times, and started again.
// Check: after each start the books add up to zero, the newest receipts are on the chain and no job
// of a dead host is left; at the end every acknowledged reply is given again byte for byte, every
// receipt has its event, no retry made anything twice, and what was paid is what was said.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Receipt } from '../gateway/client.ts';
import { startHost, type TestHost, trialBalance } from '../gateway/support.ts';
import { rngOf, SEED } from './files.ts';
import { type Ack, allThere, ask, dealers, parties } from './load.ts';

const KILLS = 22;
const WAIT_MAX_MS = 10_000;

/** Processes with this argument, whoever their parent is by now. */
function processesWith(argument: string): number[] {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/u.test(name)) return [];
    try {
      const argv = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return argv.includes(argument) ? [Number(name)] : [];
    } catch {
      return []; // it has just ended
    }
  });
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const late = performance.now() + WAIT_MAX_MS;
  while (!(await holds())) {
    assert.ok(performance.now() < late, `${what} after ${WAIT_MAX_MS} ms`);
    await sleep(10);
  }
}

/** The host that was started last says what the one before it has promised. */
async function afterStart(host: TestHost, acks: readonly Ack[]): Promise<void> {
  await trialBalance(host);
  for (const { status, text } of acks.slice(-8)) {
    if (status >= 300) continue;
    const { receipt } = JSON.parse(text) as { receipt: Receipt };
    const { valid } = await host.operator.post<{ valid: boolean }>('/v1/receipts/verify', receipt);
    assert.ok(valid, `event ${receipt.seq} was acknowledged and is not there`);
  }
}

test(
  'a host under load, killed again and again',
  { skip: process.platform !== 'linux' },
  async (t) => {
    t.diagnostic(`HAGGLE_SEED=${SEED}`);
    const rng = rngOf(7);
    // Nobody else on this machine sleeps this long.
    const span = `36000.${process.pid}`;
    const argv = ['sleep', span];
    let host = await startHost({ clock: 'real', probe: true });
    const port = Number(new URL(host.url).port);
    const worker = await host.operator.post<{ agent: { id: string }; token: string }>(
      '/v1/agents',
      { name: 'worker', exec: true },
      201,
    );
    const budget = { amount: 1000, windowMs: 86_400_000 };
    await host.operator.put(`/v1/agents/${worker.agent.id}/budget`, budget);
    const load = dealers(host.url, await parties(host, 5), 4, rng);
    const jobs: Ack[] = [];
    let jobsSeen = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // Every fourth host has a process running when it dies.
      if (kill % 4 === 0) {
        await ask(host.url, jobs, {
          token: worker.token,
          path: '/v1/cfps',
          key: `job ${kill}`,
          body: {
            task: { title: 'sleeps', run: { argv } },
            need: { kind: 'cpu', count: 1, durationMs: 600_000 },
            ...{ maxPrice: 40, replyByMs: 3000, award: 'auto' },
          },
        });
        await until('no job runs', () => processesWith(span).length > 0);
        jobsSeen++;
      }
      await sleep(20 + rng.below(200));
      host = await host.restart({ port });
      await afterStart(host, load.acks);
      await until('a job outlives its host', () => processesWith(span).length === 0);
    }
    await load.stop();
    host = await host.restart({ port });
    await allThere(host, [...load.acks, ...jobs]);
    const retried = load.acks.filter((a) => a.tries > 1).length;
    t.diagnostic(`${load.acks.length} acks, ${retried} retried, ${KILLS} kills, ${jobsSeen} jobs`);
    assert.ok(
      load.acks.length > 300 && retried > KILLS,
      `${load.acks.length} acks, ${retried} retried`,
    );
    assert.equal(await host.end('SIGTERM'), 0);
  },
);
