// Which rows of a long list are in sight. All rows have one height, so this is arithmetic.
import { type RefObject, useEffect, useState } from 'react';

export interface Range {
  first: number;
  /** One past the last. */
  end: number;
}

const AROUND = 8;
const BEFORE_MEASURED = 40;

/** Rows in sight and a few around them. */
export function rangeOf(top: number, height: number, rowHeight: number, count: number): Range {
  const first = Math.max(0, Math.floor(top / rowHeight) - AROUND);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + AROUND);
  return { first: Math.min(first, end), end };
}

export interface Window {
  range: Range;
  /** Of all rows together, in pixels. */
  height: number;
}

/** @param scroller the element that scrolls; it must be there as long as the component is */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): Window {
  const [view, setView] = useState({ top: 0, height: BEFORE_MEASURED * rowHeight });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () => {
      // Whole rows only: scrolling within one draws nothing anew.
      const top = Math.floor(element.scrollTop / rowHeight) * rowHeight;
      const height = element.clientHeight + rowHeight;
      const same = (before: { top: number; height: number }) =>
        before.top === top && before.height === height;
      setView((before) => (same(before) ? before : { top, height }));
    };
    const sizes = new ResizeObserver(read);
    sizes.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, [scroller, rowHeight]);
  return { range: rangeOf(view.top, view.height, rowHeight, count), height: count * rowHeight };
}
