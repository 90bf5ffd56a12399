// Storage and release.
//
// L4  a row of the transfer table never changes and none goes.
// L5  the same key with the same input gets the same bytes, with another input a conflict, and no
//     key is stored twice, so nothing is executed twice. (507 and 503 are not answers: nothing was
//     done.)
// L10 the chain is recomputed from the stored texts, and every receipt given out lies on it.
// A9  what is released carries a seq that is stored.
// P3  memory equals the fold of the stored texts: after every commit in outline, at every recovery
//     and at the end as a whole text.
import { GENESIS } from '../../../core/engine/base/chain.ts';
import { canonical } from '../../../core/engine/market/canon.ts';
import type { Market } from '../../../core/engine/market/state.ts';
import type { IdempotencyKey, Reply } from '../../../core/host/loop.ts';
import type { Disk, TransferRow } from '../disk.ts';
import type { Accuse } from './accuse.ts';

export class Proof {
  private readonly disk: Disk;
  private readonly hash: (text: string) => string;
  private readonly accuse: Accuse;
  private readonly heads = [GENESIS];
  private readonly answers = new Map<string, { input: string; bytes: string }>();
  private readonly rows: TransferRow[] = [];

  constructor(disk: Disk, hash: (text: string) => string, accuse: Accuse) {
    this.disk = disk;
    this.hash = hash;
    this.accuse = accuse;
  }

  /** One stored text, in order. */
  text(text: string, head: string): void {
    const expected = this.hash((this.heads.at(-1) as string) + text);
    if (head !== expected) this.accuse('L10', `event ${this.heads.length} has the head ${head}`);
    this.heads.push(head);
  }

  stored(live: Market, replica: Market): void {
    this.checkRows();
    const [twice] = this.disk.storedTwice;
    if (twice !== undefined) this.accuse('L5', `${twice} was executed twice`);
    const [a, b] = [outline(live), outline(replica)];
    if (a !== b) this.accuse('P3', `memory is ${a}, its journal makes ${b}`);
  }

  recovered(m: Market, replica: Market): void {
    this.compareWhole('recovered, and folded', m, replica);
  }

  settled(live: Market, replica: Market): void {
    for (let i = 0; i < this.rows.length; i++) this.checkRow(i);
    this.compareWhole('in memory at the end, and folded', live, replica);
  }

  released(seq: number, what: string): void {
    const stored = this.disk.texts.length;
    if (seq > stored) this.accuse('A9', `${what} of event ${seq} is out, stored are ${stored}`);
  }

  replied({ scope, key, input }: IdempotencyKey, { status, body }: Reply): void {
    if (status === 507 || status === 503) return;
    const id = `${scope}/${key}`;
    const bytes = `${status} ${body}`;
    const first = this.answers.get(id);
    const conflict = body.includes('idempotency-conflict');
    if (first === undefined) {
      if (!conflict) this.answers.set(id, { input, bytes });
    } else if (first.input === input ? first.bytes !== bytes : !conflict) {
      this.accuse('L5', `${id} was answered ${first.bytes}, and then ${bytes}`);
    }
    if (status < 300) this.checkReceipt(body);
  }

  private checkReceipt(body: string): void {
    const { receipt } = JSON.parse(body) as { receipt: { seq: number; head: string } };
    const { seq, head } = receipt;
    if (seq > this.disk.texts.length) this.accuse('A9', `a receipt for event ${seq} is out`);
    else if (this.heads[seq] !== head) {
      this.accuse('L10', `the receipt ${seq} ${head} is not on the chain`);
    }
  }

  private checkRows(): void {
    const { rows } = this;
    const { transfers } = this.disk;
    if (transfers.length < rows.length) this.accuse('L4', 'rows of transfers are gone');
    // The newest of the old rows: an update that goes further back is found by the last check.
    for (let i = Math.max(0, rows.length - 8); i < rows.length; i++) this.checkRow(i);
    for (let i = rows.length; i < transfers.length; i++) {
      rows.push({ ...(transfers[i] as TransferRow) });
    }
  }

  private checkRow(i: number): void {
    const now = this.disk.transfers[i];
    const was = this.rows[i] as TransferRow;
    const same =
      now?.seq === was.seq &&
      now.n === was.n &&
      now.kind === was.kind &&
      now.of === was.of &&
      now.amount === was.amount;
    if (same) return;
    this.accuse('L4', `row ${i} was ${JSON.stringify(was)}, is ${JSON.stringify(now)}`);
  }

  private compareWhole(what: string, m: Market, replica: Market): void {
    const [a, b] = [canonical(m), canonical(replica)];
    if (a !== b) this.accuse('P3', `${what}: ${firstDifference(a, b)}`);
  }
}

/** What a fold that went another way would hardly have the same. */
const outline = (m: Market): string =>
  `${m.seq} ${m.at} ${m.openCalls} ${m.runningLeases} ${m.ended.length} ` +
  `${m.conversations.size} ${m.proposals.size} ${m.leases.size} ${m.ledger.pendings.size}`;

function firstDifference(a: string, b: string): string {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const from = Math.max(0, i - 60);
  return `…${a.slice(from, i + 60)}… against …${b.slice(from, i + 60)}…`;
}
