// A client process of the bank test: moves credits through deals with its neighbours, and keeps at
// it while the host dies and comes back. Every request has a key and is sent until it is answered;
// what was answered goes to stdout, a line each, before anything else is done with it.
//   node bank-client.ts URL SECONDS WORKERS NAME PARTIES    (parties as JSON)
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Reply } from './client.ts';

export interface BankParty {
  id: string;
  token: string;
  resourceId: string;
}
/** An acknowledged request, as the parent reads it. */
export interface Ack {
  key: string;
  token: string;
  path: string;
  body: unknown;
  status: number;
  text: string;
  /** How often it had to be sent. */
  tries: number;
}

const GIVE_UP_MS = 20_000;

async function main(): Promise<void> {
  const [url = '', seconds = '', workers = '', name = '', parties = ''] = process.argv.slice(2);
  const all = JSON.parse(parties) as BankParty[];
  const until = performance.now() + Number(seconds) * 1000;
  let n = 0;

  /** Sends with one key until there is an answer. */
  async function ask(token: string, path: string, body: unknown): Promise<Reply> {
    const key = `${name}-${++n}`;
    const client = createClient(url, token);
    const givenUp = performance.now() + GIVE_UP_MS;
    for (let tries = 1; ; tries++) {
      try {
        const reply = await client.send('POST', path, { key, body });
        // Busy or no space: nothing happened, and the key was not used.
        if (reply.status < 500) {
          const { status, text } = reply;
          const ack: Ack = { key, token, path, body, status, text, tries };
          process.stdout.write(`${JSON.stringify(ack)}\n`);
          return reply;
        }
      } catch (e) {
        if (performance.now() > givenUp) throw e;
      }
      await sleep(20);
    }
  }

  async function deal(): Promise<void> {
    const [i, j] = [Math.floor(Math.random() * all.length), Math.floor(Math.random() * all.length)];
    const [buyer, seller] = [all[i], all[j]];
    if (buyer === undefined || seller === undefined || i === j) return;
    const price = (1 + Math.floor(Math.random() * 5_000_000)) / 1e6;
    const call = await ask(buyer.token, '/v1/cfps', {
      task: { title: `${name} ${n}` },
      need: { kind: 'cpu', count: 1, durationMs: 60_000 },
      ...{ maxPrice: 5, replyByMs: 3_600_000, award: 'manual' },
    });
    const cfpId = idOf(call, 'cfp');
    if (cfpId === null) return;
    const promise = { price, resourceId: seller.resourceId };
    const proposal = idOf(
      await ask(seller.token, `/v1/cfps/${cfpId}/proposals`, promise),
      'proposal',
    );
    const award = { proposalId: proposal ?? 'prp_000000000' };
    const leased = await ask(buyer.token, `/v1/cfps/${cfpId}/award`, award);
    const leaseId = idOf(leased, 'lease');
    if (leaseId === null) return void (await ask(buyer.token, `/v1/cfps/${cfpId}/cancel`, {}));
    const { epoch } = (leased.json as { lease: { epoch: number } }).lease;
    if (Math.random() < 0.1) {
      await ask(seller.token, `/v1/leases/${leaseId}/fail`, { epoch, reason: 'by chance' });
    } else await ask(seller.token, `/v1/leases/${leaseId}/done`, { epoch });
  }

  const worker = async (): Promise<void> => {
    while (performance.now() < until) await deal();
  };
  await Promise.all(Array.from({ length: Number(workers) }, worker));
}

function idOf(reply: Reply, name: string): string | null {
  const document = (reply.json as Record<string, { id: string } | undefined>)[name];
  return reply.status < 300 ? (document?.id ?? null) : null;
}

if (import.meta.main) await main();
