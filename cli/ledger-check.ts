// Adding the ledger up again from its transfers, outside the host and by other code.
import type { Client } from './client.ts';
import type { AccountDoc, TransferDoc, TrialBalanceDoc } from './documents.ts';

export interface LedgerReport {
  transfers: number;
  accounts: number;
  /** The event up to which was added, and the head of the chain there. */
  seq: number;
  head: string;
  /** What does not agree, one sentence each. */
  differences: string[];
}

interface Sums {
  posted: number;
  held: number;
  incoming: number;
}

/** Exact: amounts have at most six decimals, and micro-credits are integers below 2^53. */
const micro = (credits: number): number => Math.round(credits * 1e6);

/** Reads every transfer up to the trial balance's event and compares balance by balance. */
export async function checkLedger(client: Client): Promise<LedgerReport> {
  const balance = await client.get<TrialBalanceDoc>('/v1/ledger/trial-balance');
  const { seq, head } = balance;
  const all = await client.all<TransferDoc>('/v1/ledger/transfers', 'transfers');
  const transfers = all.filter(({ id }) => seqOf(id) <= seq);
  const sums = addUp(transfers);
  const differences = balance.accounts.flatMap((account) => compare(account, sums));
  const total = balance.accounts.reduce((sum, { posted }) => sum + micro(posted), 0);
  if (total !== 0 || balance.sum !== 0) differences.push(`the balances add up to ${total / 1e6}`);
  for (const id of sums.keys()) {
    if (!balance.accounts.some((account) => account.id === id)) {
      differences.push(`${id} has transfers and no balance`);
    }
  }
  const receipt = { seq, head };
  const { valid } = await client.send<{ valid: boolean }>('POST', '/v1/receipts/verify', receipt);
  if (!valid) differences.push(`event ${seq} is not on the chain`);
  return { transfers: transfers.length, accounts: balance.accounts.length, seq, head, differences };
}

/** Transfers are numbered after the event that made them: `trf_<base 36>_<n>`. */
const seqOf = (id: string): number => parseInt(id.split('_')[1] ?? '', 36);

function addUp(transfers: readonly TransferDoc[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  const holds = new Map(transfers.map((transfer) => [transfer.id, transfer]));
  const of = (account: string): Sums => {
    const known = sums.get(account) ?? { posted: 0, held: 0, incoming: 0 };
    sums.set(account, known);
    return known;
  };
  for (const { state, amount, debit, credit, pendingId } of transfers) {
    const hold = pendingId === null ? undefined : holds.get(pendingId);
    if (hold !== undefined) {
      of(hold.debit).held -= micro(hold.amount);
      of(hold.credit).incoming -= micro(hold.amount);
    }
    if (state === 'pending') {
      of(debit).held += micro(amount);
      of(credit).incoming += micro(amount);
    } else if (state === 'posted') {
      of(debit).posted -= micro(amount);
      of(credit).posted += micro(amount);
    }
  }
  return sums;
}

function compare(account: AccountDoc, sums: ReadonlyMap<string, Sums>): string[] {
  const added = sums.get(account.id) ?? { posted: 0, held: 0, incoming: 0 };
  return (['posted', 'held', 'incoming'] as const).flatMap((name) => {
    const [stated, found] = [account[name], added[name] / 1e6];
    if (micro(stated) === added[name]) return [];
    return [`${account.id} states ${stated} ${name}, its transfers add up to ${found}`];
  });
}
