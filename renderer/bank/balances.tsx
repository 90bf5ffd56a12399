// Every account: posted, held, available, what is left of its budget.
import { Download, Search } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { BudgetView } from '../../core/engine/view/model.ts';
import { projectId } from '../frame/route.ts';
import { setParam, useParam, useView } from '../frame/view-store.ts';
import { useDerived } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { saveText, toCsv } from '../ui/csv.ts';
import { type Column, Rows, type Sorting, sortRows } from '../ui/rows.tsx';
import { AgentLink } from '../ui/things.tsx';
import { Credits } from '../ui/values.tsx';
import { BudgetMeter } from '../inspector/agent.tsx';
import { ProjectLink } from './accounts.tsx';

interface Balance {
  id: string;
  kind: 'agent' | 'project';
  name: string;
  project: string;
  posted: number;
  held: number;
  budget: BudgetView | null;
}

const COLUMNS: readonly Column<Balance>[] = [
  {
    key: 'name',
    head: 'Account',
    width: 'minmax(160px, 2fr)',
    sort: (row) => row.name.toLowerCase(),
    cell: (row) =>
      row.kind === 'agent' ? <AgentLink id={row.id} /> : <ProjectLink name={row.name} />,
  },
  {
    key: 'kind',
    head: 'Kind',
    width: '72px',
    sort: (row) => row.kind,
    cell: (row) => <span className="faint">{row.kind === 'agent' ? 'Agent' : 'Project'}</span>,
  },
  {
    key: 'project',
    head: 'Project',
    width: 'minmax(90px, 1fr)',
    sort: (row) => row.project,
    cell: (row) => <span className="muted">{row.project}</span>,
  },
  money('posted', 'Posted', (row) => row.posted),
  money('held', 'Held', (row) => row.held),
  money('available', 'Available', (row) => row.posted - row.held),
  {
    key: 'budget',
    head: 'Left of budget',
    width: 'minmax(120px, 1fr)',
    sort: (row) => (row.budget ? row.budget.remaining / Math.max(1, row.budget.amount) : -1),
    cell: ({ budget }) =>
      budget ? (
        <BudgetMeter remaining={budget.remaining} amount={budget.amount} />
      ) : (
        <span className="faint">no budget</span>
      ),
  },
];

function money(key: string, head: string, of: (row: Balance) => number): Column<Balance> {
  const cell = (row: Balance) => <Credits micro={of(row)} />;
  return { key, head, width: '104px', num: true, sort: of, cell };
}

const WATCHED = ['agents', 'projects'] as const;

function find(model: Model, query: string): Balance[] {
  const rows: Balance[] = [];
  for (const { id, name, project, posted, held, budget } of model.agents.values()) {
    rows.push({ id, kind: 'agent', name, project: project ?? '', posted, held, budget });
  }
  for (const { name, posted, held, budget } of model.projects.values()) {
    const id = projectId(name);
    rows.push({ id, kind: 'project', name, project: name, posted, held, budget });
  }
  const word = query.trim().toLowerCase();
  return rows.filter((row) => `${row.name} ${row.project} ${row.id}`.toLowerCase().includes(word));
}

export function Balances() {
  const query = useParam('q');
  const [sorting, setSorting] = useState<Sorting>({ key: 'available', down: true });
  const compute = useCallback((model: Model) => find(model, query), [query]);
  const found = useDerived(WATCHED, compute, 500);
  const rows = useMemo(() => sortRows(found, COLUMNS, sorting), [found, sorting]);
  const selected = useView((s) => s.route.selected);
  return (
    <div className="fill">
      <div className="tools">
        <label className="search">
          <Search size={14} aria-hidden="true" />
          <input
            type="search"
            className="field"
            placeholder="Search agents and projects"
            aria-label="Search accounts"
            value={query}
            onChange={(event) => setParam('q', event.target.value)}
          />
        </label>
        <span className="grow" />
        <button type="button" className="button plain small" onClick={() => save(rows)}>
          <Download size={13} aria-hidden="true" /> CSV
        </button>
      </div>
      <Rows
        label="Balances"
        columns={COLUMNS}
        rows={rows}
        keyOf={(row) => row.id}
        sorting={sorting}
        onSort={setSorting}
        selected={selected}
        empty={query ? 'No account has such a name.' : 'No account yet: no agent has come.'}
      />
    </div>
  );
}

function save(rows: readonly Balance[]): void {
  const head = ['id', 'kind', 'name', 'project', 'posted', 'held', 'available', 'budgetRemaining'];
  const dec = (micro: number): number => micro / 1_000_000;
  const lines = rows.map((row) => [
    row.id,
    row.kind,
    row.name,
    row.project,
    dec(row.posted),
    dec(row.held),
    dec(row.posted - row.held),
    row.budget ? dec(row.budget.remaining) : null,
  ]);
  saveText('balances.csv', toCsv(head, lines));
}
