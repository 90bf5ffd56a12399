// Which agent spent which credit on which resource: bars to drill into, a table, a CSV.
import { ChevronRight, Download } from 'lucide-react';
import { useState } from 'react';
import { select } from '../frame/view-store.ts';
import { useMarket, useOrdinal } from '../mirror/hooks.ts';
import type { AttributionDocument, AttributionRow } from '../mirror/documents.ts';
import { useDocument } from '../mirror/use-document.ts';
import { categoryOf } from '../ui/colours.ts';
import { saveText, toCsv } from '../ui/csv.ts';
import { type Column, Rows, type Sorting, sortRows } from '../ui/rows.tsx';
import { Segments } from '../ui/segments.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { AgentLink } from '../ui/things.tsx';
import { Decimal } from '../ui/values.tsx';
import { counted, percent } from '../words/format.ts';
import { LEVELS, type Path, type Share, sharesAt, trail } from './shares.ts';

const PATH = '/v1/ledger/attribution?by=agent,project,resource';

export function Attribution() {
  const [form, setForm] = useState<'bars' | 'table'>('bars');
  const [path, setPath] = useState<Path>([]);
  const seq = useMarket((s) => Math.floor(s.seq / 100));
  const { value, problem } = useDocument<AttributionDocument>(PATH, seq);
  const rows = value?.rows ?? [];
  return (
    <div className="fill">
      <div className="tools">
        <Segments
          label="Form"
          value={form}
          options={[
            { value: 'bars', label: 'Drill down' },
            { value: 'table', label: 'Table' },
          ]}
          onChange={setForm}
        />
        {form === 'bars' && <Trail rows={rows} path={path} onGo={setPath} />}
        <span className="grow" />
        {value && (
          <span className="muted">
            Total <Decimal value={value.total} /> cr
          </span>
        )}
        <button
          type="button"
          className="button plain small"
          disabled={rows.length === 0}
          onClick={() => save(rows)}
        >
          <Download size={13} aria-hidden="true" /> CSV
        </button>
      </div>
      {problem && <p className="problem pad">The attribution could not be read: {problem}</p>}
      {!value && !problem && <Skeleton label="Loading the attribution" lines={8} />}
      {value && rows.length === 0 && (
        <p className="empty-note">
          Nothing has been spent yet. The first settled lease shows here.
        </p>
      )}
      {rows.length > 0 && form === 'bars' && <Bars rows={rows} path={path} onGo={setPath} />}
      {rows.length > 0 && form === 'table' && <AttributionTable rows={rows} />}
    </div>
  );
}

interface DrillProps {
  rows: readonly AttributionRow[];
  path: Path;
  onGo(path: Path): void;
}

function Trail({ rows, path, onGo }: DrillProps) {
  const names = ['All agents', ...trail(rows, path)];
  return (
    <nav className="trail" aria-label="Drill-down">
      {names.map((name, i) => (
        <span key={i} className="row">
          {i > 0 && <ChevronRight size={13} className="faint" aria-hidden="true" />}
          {i === path.length ? (
            <strong aria-current="true">{name}</strong>
          ) : (
            <button type="button" className="thing link" onClick={() => onGo(path.slice(0, i))}>
              {name}
            </button>
          )}
        </span>
      ))}
    </nav>
  );
}

function Bars({ rows, path, onGo }: DrillProps) {
  const shares = sharesAt(rows, path);
  const total = shares.reduce((sum, { amount }) => sum + amount, 0);
  const most = Math.max(...shares.map(({ amount }) => amount), 1e-6);
  const deepest = path.length >= LEVELS.length - 1;
  const open = (share: Share) => {
    if (!deepest) onGo([...path, share.key]);
    else if (share.key !== '') select(share.key);
  };
  return (
    <ul className="share-bars" aria-label={`Spent by ${LEVELS[path.length] ?? ''}`}>
      {shares.map((share) => (
        <li key={share.key}>
          <button type="button" onClick={() => open(share)}>
            <span className="cut">{share.name}</span>
            <span className="share-bar" aria-hidden="true">
              <ShareFill share={share} part={share.amount / most} agentKey={path[0]} />
            </span>
            <span className="num">
              <Decimal value={share.amount} />
            </span>
            <span className="num faint">{percent(total > 0 ? share.amount / total : 0)}</span>
            <span className="num faint">{counted(share.transfers, 'transfer')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** An agent's bars keep its colour on every level below it. */
function ShareFill({
  share,
  part,
  agentKey,
}: {
  share: Share;
  part: number;
  agentKey: string | undefined;
}) {
  const id = share.agentId ?? agentKey ?? '';
  const colour = categoryOf(useOrdinal(id));
  return <i style={{ width: `${(part * 100).toFixed(2)}%`, background: colour }} />;
}

const COLUMNS: readonly Column<AttributionRow>[] = [
  {
    key: 'agent',
    head: 'Agent',
    width: 'minmax(140px, 1.5fr)',
    sort: (row) => row.agent,
    cell: (row) => <AgentLink id={row.agentId} />,
  },
  {
    key: 'project',
    head: 'Project',
    width: '1fr',
    sort: (row) => row.project ?? '',
    cell: (row) => row.project ?? <span className="faint">none</span>,
  },
  {
    key: 'resource',
    head: 'Resource',
    width: '1fr',
    sort: (row) => row.resource ?? '',
    cell: (row) => row.resource ?? <span className="faint">none</span>,
  },
  {
    key: 'transfers',
    head: 'Transfers',
    width: '96px',
    num: true,
    sort: (row) => row.transfers,
    cell: (row) => row.transfers,
  },
  {
    key: 'amount',
    head: 'Credits',
    width: '120px',
    num: true,
    sort: (row) => row.amount,
    cell: (row) => <Decimal value={row.amount} />,
  },
];

function AttributionTable({ rows }: { rows: readonly AttributionRow[] }) {
  const [sorting, setSorting] = useState<Sorting>({ key: 'amount', down: true });
  return (
    <Rows
      label="Who spent what"
      columns={COLUMNS}
      rows={sortRows(rows, COLUMNS, sorting)}
      keyOf={(row) => `${row.agentId} ${row.project ?? ''} ${row.resourceId ?? ''}`}
      sorting={sorting}
      onSort={setSorting}
      empty="Nothing has been spent yet."
    />
  );
}

function save(rows: readonly AttributionRow[]): void {
  const head = ['agentId', 'agent', 'project', 'resourceId', 'resource', 'amount', 'transfers'];
  const lines = rows.map((row) => [
    row.agentId,
    row.agent,
    row.project,
    row.resourceId,
    row.resource,
    row.amount,
    row.transfers,
  ]);
  saveText('attribution.csv', toCsv(head, lines));
}
