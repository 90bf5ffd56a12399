// The ledger is read forwards; a person wants the newest first. Transfers carry the number of their
// event, so the journal is read backwards in windows, each of them forwards.
import type { TransferRow, TransfersDocument } from '../mirror/documents.ts';

export interface Newest {
  rows: TransferRow[];
  /** Where older ones begin: the event before which to read on; null when there are none. */
  before: number | null;
}

const FIRST_WINDOW = 128;
const PAGE = 500;
const AFTER_ALL_OF = 999_999;

/** Number of the event that moved it. */
export const seqOf = (id: string): number => Number.parseInt(id.split('_')[1] ?? '', 36);

/**
 * About `wanted` transfers of the events before `before`, newest first.
 * @param read asks for one page, with a query that begins with '&' or is empty
 */
export async function readNewest(
  read: (query: string) => Promise<TransfersDocument>,
  before: number,
  wanted: number,
): Promise<Newest> {
  const rows: TransferRow[] = [];
  let end = before;
  for (let width = FIRST_WINDOW; rows.length < wanted && end > 0; width *= 4) {
    const start = Math.max(0, end - width);
    const found = await readWindow(read, start, end);
    rows.push(...found.toReversed());
    end = start;
  }
  return { rows, before: end > 0 ? end : null };
}

async function readWindow(
  read: (query: string) => Promise<TransfersDocument>,
  start: number,
  end: number,
): Promise<TransferRow[]> {
  const found: TransferRow[] = [];
  let cursor: string | null = start === 0 ? '' : `${start - 1}.${AFTER_ALL_OF}`;
  while (cursor !== null) {
    const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await read(`&limit=${PAGE}${from}`);
    const inside = page.transfers.filter(({ id }) => seqOf(id) < end);
    found.push(...inside);
    cursor = inside.length < page.transfers.length ? null : page.next;
  }
  return found;
}
