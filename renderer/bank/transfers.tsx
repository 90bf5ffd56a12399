// Every transfer, newest first, a page at a time; filters are part of the address.
import { ChevronDown, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useView } from '../frame/view-store.ts';
import { useMarket } from '../mirror/hooks.ts';
import { ask, readMarket } from '../mirror/link.ts';
import type { TransferRow, TransfersDocument } from '../mirror/documents.ts';
import { messageOf } from '../ui/dialog.tsx';
import { type Column, Rows } from '../ui/rows.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { CallLink, LeaseLink, ResourceLink } from '../ui/things.tsx';
import { Decimal } from '../ui/values.tsx';
import { clockMs, exactTime } from '../words/format.ts';
import { AccountName, codeWords, transferState } from './accounts.tsx';
import { readNewest } from './newest.ts';
import { FILTERS, TransferFilters } from './transfer-filters.tsx';

const PAGE = 200;

const COLUMNS: readonly Column<TransferRow>[] = [
  {
    key: 'at',
    head: 'At',
    width: '96px',
    cell: ({ at }) => (
      <time className="mono faint" title={exactTime(Date.parse(at))}>
        {clockMs(Date.parse(at))}
      </time>
    ),
  },
  { key: 'from', head: 'From', width: '1fr', cell: (row) => <AccountName id={row.debit} /> },
  { key: 'to', head: 'To', width: '1fr', cell: (row) => <AccountName id={row.credit} /> },
  { key: 'code', head: 'For', width: '112px', cell: (row) => codeWords(row.code) },
  { key: 'state', head: 'State', width: '72px', cell: (row) => transferState(row.state) },
  { key: 'about', head: 'About', width: '1.2fr', cell: (row) => <About row={row} /> },
  {
    key: 'amount',
    head: 'Credits',
    width: '96px',
    num: true,
    cell: (row) => <Decimal value={row.amount} />,
  },
];

function About({ row }: { row: TransferRow }) {
  if (row.leaseId) return <LeaseLink id={row.leaseId} />;
  if (row.cfpId) return <CallLink id={row.cfpId} />;
  if (row.resourceId) return <ResourceLink id={row.resourceId} />;
  return <span className="faint">{row.project ?? ''}</span>;
}

/** Query of the present filters, without cursor and limit. */
function useFilterQuery(): string {
  return useView((s) => {
    const query = new URLSearchParams();
    for (const name of FILTERS) {
      const value = s.route.params[name];
      if (value) query.set(name, value);
    }
    return query.toString();
  });
}

interface Pages {
  query: string;
  rows: readonly TransferRow[];
  /** Older ones lie before this event; null when there are none. */
  before: number | null;
  problem: string;
}

/** Older ones behind those that are there; a problem is kept in words. */
async function readOlder(pages: Pages): Promise<Pages> {
  if (pages.before === null) return pages;
  const filters = pages.query === '' ? '' : `&${pages.query}`;
  const read = (query: string) =>
    ask<TransfersDocument>('GET', `/v1/ledger/transfers?${query.slice(1)}${filters}`);
  try {
    const { rows, before } = await readNewest(read, pages.before, PAGE);
    return { ...pages, rows: [...pages.rows, ...rows], before, problem: '' };
  } catch (error) {
    return { ...pages, problem: messageOf(error) };
  }
}

/** Pages read so far, null while the first is coming. They stand still while a person reads. */
function usePages(query: string, seq: number): [Pages | null, more: () => void] {
  const [pages, setPages] = useState<Pages | null>(null);
  const wanted = `${seq} ${query}`;
  useEffect(() => {
    let current = true;
    const filters = wanted.slice(wanted.indexOf(' ') + 1);
    const before = Number.parseInt(wanted, 10) + 1;
    void readOlder({ query: filters, rows: [], before, problem: '' }).then((read) => {
      if (current) setPages(read);
    });
    return () => {
      current = false;
    };
  }, [wanted]);
  const shown = pages?.query === query ? pages : null;
  return [shown, () => shown && void readOlder(shown).then(setPages)];
}

export function Transfers() {
  const query = useFilterQuery();
  const [seenSeq, setSeenSeq] = useState(() => readMarket().seq);
  const isNewer = useMarket((s) => s.seq > seenSeq);
  const [pages, more] = usePages(query, seenSeq);
  return (
    <div className="fill">
      <div className="tools">
        <TransferFilters />
        <span className="grow" />
        <button
          type="button"
          className="button small"
          disabled={!isNewer}
          onClick={() => setSeenSeq(readMarket().seq)}
        >
          <RefreshCw size={13} aria-hidden="true" />
          {isNewer ? 'Show newer' : 'Up to date'}
        </button>
      </div>
      {pages?.problem && <p className="problem pad">{pages.problem}</p>}
      {pages ? (
        <Rows
          label="Transfers"
          columns={COLUMNS}
          rows={pages.rows}
          keyOf={(row) => row.id}
          rowHeight={30}
          empty={query ? 'No transfer matches these filters.' : 'No credit has moved yet.'}
        />
      ) : (
        <Skeleton label="Loading the transfers" lines={10} />
      )}
      {pages && pages.before !== null && (
        <div className="tools foot">
          <button type="button" className="button small" onClick={more}>
            <ChevronDown size={13} aria-hidden="true" /> Older transfers
          </button>
          <span className="faint">{pages.rows.length} shown</span>
        </div>
      )}
    </div>
  );
}
