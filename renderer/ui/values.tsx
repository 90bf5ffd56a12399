// Values that carry their exact form: credits, times, ids.
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useNow } from '../mirror/hooks.ts';
import {
  credits,
  creditsExact,
  dayTime,
  exactTime,
  fixedCredits,
  left,
  relative,
} from '../words/format.ts';
import { Meter } from './meter.tsx';

/** Micro-credits in a column; copying gives the exact amount. */
export function Credits({ micro, unit = false }: { micro: number; unit?: boolean }) {
  return (
    <span
      title={creditsExact(micro)}
      onCopy={(event) => copyExact(event, String(micro / 1_000_000))}
    >
      {credits(micro)}
      {unit && <span className="faint"> cr</span>}
    </span>
  );
}
/** Decimal credits of an API document; two decimals where no other number is asked for. */
export function Decimal({ value, decimals = 2 }: { value: number; decimals?: number }) {
  return (
    <span title={`${value} credits`} onCopy={(event) => copyExact(event, String(value))}>
      {fixedCredits(value, decimals)}
    </span>
  );
}
function copyExact(event: React.ClipboardEvent, text: string): void {
  const chosen = document.getSelection()?.toString().trim();
  if (chosen !== event.currentTarget.textContent?.replace(/ cr$/u, '').trim()) return;
  event.preventDefault();
  event.clipboardData.setData('text/plain', text);
}

/** "12 s ago", with the exact instant on hover. */
export function Ago({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={exactTime(at)} title={exactTime(at)}>
      {relative(at, now)}
    </time>
  );
}
/** "14:02:11", with the exact instant on hover. */
export function At({ at }: { at: number }) {
  const now = useNow(60_000);
  return (
    <time dateTime={exactTime(at)} title={exactTime(at)}>
      {dayTime(at, now)}
    </time>
  );
}
/** Counts down to a moment: "34 s". */
export function Left({ until }: { until: number }) {
  const now = useNow(500);
  return (
    <time dateTime={exactTime(until)} title={exactTime(until)}>
      {left(until, now)}
    </time>
  );
}
/** How much of a span is over, as a bar; its words stand beside it. */
export function TimeBar({ from, to, tone = 'good' }: { from: number; to: number; tone?: string }) {
  const now = useNow(500);
  return <Meter part={(to - now) / Math.max(1, to - from)} tone={tone} />;
}

/** An id in mono, with a button that copies it. */
export function Id({ id, short = false }: { id: string; short?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <span className="id">
      <code className="cut" title={id}>
        {short ? `${id.slice(0, 12)}…` : id}
      </code>
      <button
        type="button"
        className="icon-button small"
        aria-label={copied ? 'Copied' : `Copy ${id}`}
        onClick={() => void navigator.clipboard.writeText(id).then(() => setCopied(true))}
      >
        <Icon size={12} aria-hidden="true" />
      </button>
    </span>
  );
}
