// The tournament as a table: bars with whiskers, sortable by every figure.
import { useState } from 'react';
import { type Column, Rows, type Sorting, sortRows } from '../../ui/rows.tsx';
import { percent } from '../../words/format.ts';
import { scaleOf, type StrategyRow } from './run.ts';

interface Props {
  rows: readonly StrategyRow[];
  /** The best one and those whose intervals overlap its own. */
  level: ReadonlySet<string>;
}

const FIRST: Sorting = { key: 'utility', down: true };

export function StrategyTable({ rows, level }: Props) {
  const [sorting, setSorting] = useState(FIRST);
  const scale = scaleOf(rows);
  const columns = columnsOf(scale, level);
  return (
    <Rows
      label="Strategies"
      columns={columns}
      rows={sortRows(rows, columns, sorting)}
      keyOf={(row) => row.strategy}
      rowHeight={38}
      sorting={sorting}
      onSort={setSorting}
      empty="The tournament had no strategies."
    />
  );
}

const three = (value: number): string => value.toFixed(3);
const orGap = (value: number | null, digits: number): string =>
  value === null ? 'none' : value.toFixed(digits);

type Scale = ReturnType<typeof scaleOf>;

function columnsOf(scale: Scale, level: ReadonlySet<string>): Column<StrategyRow>[] {
  return [
    {
      key: 'strategy',
      head: 'Strategy',
      width: 'minmax(150px, 1fr)',
      sort: (row) => row.strategy,
      cell: ({ strategy }) => (
        <span className="row">
          <strong className="cut">{strategy}</strong>
          {level.has(strategy) && <span className="chip">{level.size > 1 ? 'level' : 'best'}</span>}
        </span>
      ),
    },
    {
      key: 'bar',
      head: `Utility, from ${three(scale.low)} to ${three(scale.high)}`,
      width: 'minmax(160px, 2.2fr)',
      cell: (row) => <Bar row={row} scale={scale} />,
    },
    {
      key: 'utility',
      head: 'Utility ± 95 %',
      width: '132px',
      num: true,
      sort: (row) => row.utility,
      cell: ({ utility, ci95 }) => (
        <span title={`${utility} ± ${ci95 ?? 'unknown'}`}>
          {three(utility)} <span className="faint">± {ci95 === null ? '?' : three(ci95)}</span>
        </span>
      ),
    },
    {
      key: 'dealRate',
      head: 'Deals',
      width: '72px',
      num: true,
      sort: (row) => row.dealRate,
      cell: ({ dealRate }) => <span title={String(dealRate)}>{percent(dealRate)}</span>,
    },
    {
      key: 'meanRounds',
      head: 'Rounds',
      width: '80px',
      num: true,
      sort: (row) => row.meanRounds ?? Infinity,
      cell: ({ meanRounds }) => <span title={String(meanRounds)}>{orGap(meanRounds, 1)}</span>,
    },
    {
      key: 'nashDistance',
      head: 'From Nash',
      width: '96px',
      num: true,
      sort: (row) => row.nashDistance ?? Infinity,
      cell: ({ nashDistance }) => (
        <span title={String(nashDistance)}>{orGap(nashDistance, 3)}</span>
      ),
    },
  ];
}

function Bar({ row, scale }: { row: StrategyRow; scale: Scale }) {
  const { utility, ci95 } = row;
  const at = (value: number): number => ((value - scale.low) / (scale.high - scale.low)) * 100;
  const left = Math.min(at(0), at(utility));
  const width = Math.abs(at(utility) - at(0));
  return (
    <span className="strategy-bar" aria-hidden="true">
      <i className="fill-part" style={{ left: `${left}%`, width: `${width}%` }} />
      {scale.low < 0 && <i className="zero" style={{ left: `${at(0)}%` }} />}
      {ci95 !== null && (
        <i
          className="whisker"
          style={{ left: `${at(utility - ci95)}%`, right: `${100 - at(utility + ci95)}%` }}
        />
      )}
    </span>
  );
}
