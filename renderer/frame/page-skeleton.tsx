// What is about to come, in its shape: the floor's three columns, a list with a page beside it, a
// table under figures.
import type { Page } from './route.ts';

const SHAPES: Record<Page, readonly (readonly [column: string, boxes: number])[]> = {
  floor: [
    ['narrow', 9],
    ['narrow', 9],
    ['narrow', 4],
  ],
  negotiation: [
    ['list', 10],
    ['wide', 5],
  ],
  machine: [
    ['wide', 6],
    ['list', 6],
  ],
  bank: [['wide', 14]],
  settings: [['wide', 8]],
};

export function PageSkeleton({ page, label }: { page: Page; label: string }) {
  return (
    <output className={`page-skeleton ${page}`} aria-label={label}>
      {SHAPES[page].map(([column, boxes], i) => (
        <div key={i} className={column}>
          {Array.from({ length: boxes }, (_, n) => (
            <div key={n} className="skeleton" />
          ))}
        </div>
      ))}
    </output>
  );
}
