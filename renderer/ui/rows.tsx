// A table of which only the visible rows exist: thousands of records scroll as one.
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { CELL, COLUMN_HEAD, ROW, ROW_GROUP, TABLE } from './roles.ts';
import { useWindow } from './use-window.ts';

export interface Column<T> {
  key: string;
  head: string;
  /** A grid track: "1fr", "96px". */
  width: string;
  num?: boolean;
  cell(row: T): ReactNode;
  /** What to sort by; a column without it cannot be sorted. */
  sort?(row: T): number | string;
}
export interface Sorting {
  key: string;
  down: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf(row: T): string;
  rowHeight?: number;
  sorting?: Sorting | undefined;
  onSort?: ((sorting: Sorting) => void) | undefined;
  selected?: string | null;
  empty: string;
}

/** A sorted copy. */
export function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], by: Sorting): T[] {
  const sort = columns.find(({ key }) => key === by.key)?.sort;
  if (!sort) return [...rows];
  const sign = by.down ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [sort(a), sort(b)];
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  });
}

export function Rows<T>(props: Props<T>) {
  const { label, columns, rows, keyOf, rowHeight = 32, selected, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { range, height } = useWindow(scroller, rows.length, rowHeight);
  const tracks = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
  return (
    <div className="rows" {...TABLE} aria-label={label} aria-rowcount={rows.length + 1}>
      <Head {...props} tracks={tracks} />
      <div className="grid-body" ref={scroller} {...ROW_GROUP} {...SCROLLS}>
        {rows.length === 0 && <p className="empty-note">{empty}</p>}
        <div role="presentation" style={{ height }}>
          {rows.slice(range.first, range.end).map((row, i) => {
            const key = keyOf(row);
            const index = range.first + i;
            const top = index * rowHeight;
            return (
              <div
                key={key}
                className="grid-row"
                {...ROW}
                aria-rowindex={index + 2}
                data-selected={key === selected ? '' : undefined}
                style={{ ...tracks, height: rowHeight, transform: `translateY(${top}px)` }}
              >
                {columns.map((column) => (
                  <div key={column.key} {...CELL} className={column.num ? 'num cut' : 'cut'}>
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
const SCROLLS = { tabIndex: 0 } as const;

function Head<T>({
  columns,
  sorting,
  onSort,
  tracks,
}: Props<T> & { tracks: { gridTemplateColumns: string } }) {
  return (
    <div {...ROW_GROUP}>
      <div className="grid-head" {...ROW} style={tracks}>
        {columns.map(({ key, head, num, sort }) => {
          const active = sorting?.key === key;
          const Arrow = sorting?.down ? ArrowDown : ArrowUp;
          const direction = sorting?.down ? 'descending' : 'ascending';
          return (
            <div
              key={key}
              {...COLUMN_HEAD}
              className={num ? 'num' : 'cut'}
              {...(active ? { 'aria-sort': direction } : {})}
            >
              {sort && onSort ? (
                <button
                  type="button"
                  className="sort"
                  onClick={() => onSort({ key, down: active ? !sorting.down : num === true })}
                >
                  {head}
                  {active && <Arrow size={11} aria-hidden="true" />}
                </button>
              ) : (
                head
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
