// History at the bottom: what has ended, awarded above the line, the rest below it. It can be
// scrubbed with pointer or arrow keys, and leads to each conversation.
import { useCallback, useEffect, useRef, useState } from 'react';
import { openCall } from '../frame/view-store.ts';
import { useAgentName, useCall, useDerived, useLease, useNow } from '../mirror/hooks.ts';
import { clock } from '../mirror/link.ts';
import type { Model } from '../mirror/model.ts';
import { onThemeChange, resolve } from '../ui/colours.ts';
import { SLIDER } from '../ui/roles.ts';
import { clockTime, counted, relative, span as spanWords } from '../words/format.ts';
import { outcomeSentence } from '../words/sentences.ts';
import { bucketsOf, type Ended, endedCalls, nearest, spanOf } from './history.ts';

const HEIGHT = 40;
const BAR = 4;
const WATCHED = ['calls', 'leases'] as const;
const compute = (model: Model): Ended[] => endedCalls(model, clock.now());

export function Ribbon() {
  const ended = useDerived(WATCHED, compute, 1000);
  const now = useNow(1000);
  const span = spanOf(ended, now);
  const [chosen, setChosen] = useState<string | null>(null);
  const at = ended.findIndex(({ id }) => id === chosen);
  const box = useRef<HTMLDivElement>(null);
  const scrub = useCallback(
    (clientX: number) => {
      const area = box.current?.getBoundingClientRect();
      if (!area) return;
      const moment = now - span + ((clientX - area.left) / area.width) * span;
      setChosen(ended[nearest(ended, moment)]?.id ?? null);
    },
    [ended, now, span],
  );
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) {
      const next = at < 0 ? ended.length - 1 : Math.min(ended.length - 1, Math.max(0, at + step));
      setChosen(ended[next]?.id ?? null);
    } else if (event.key === 'Enter' && chosen) openCall(chosen);
    else return;
    event.preventDefault();
  };
  const mark = ended[at];
  const handlers = {
    onPointerMove: (event: React.PointerEvent) => scrub(event.clientX),
    onPointerLeave: () => setChosen(null),
    onBlur: () => setChosen(null),
    onClick: () => chosen && openCall(chosen),
    onKeyDown,
  };
  return (
    <footer className="ribbon">
      <p className="ribbon-name small">
        <strong>Ended</strong>
        <span className="faint">{counted(ended.length, 'call')}</span>
        <span className="faint">last {spanWords(span)}</span>
      </p>
      <div
        className="ribbon-track"
        ref={box}
        {...SLIDER}
        aria-label="Ended calls"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, ended.length - 1)}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={mark ? `ended ${relative(mark.at, now)}` : 'none chosen'}
        {...handlers}
      >
        <Bars ended={ended} now={now} span={span} />
        {mark && <Cursor ended={mark} left={((mark.at - now + span) / span) * 100} />}
      </div>
    </footer>
  );
}

function Cursor({ ended, left }: { ended: Ended; left: number }) {
  const call = useCall(ended.id);
  const lease = useLease(call?.leaseId ?? null);
  const manager = useAgentName(call?.managerId ?? '');
  if (!call) return null;
  return (
    <div className="ribbon-cursor" style={{ left: `${left.toFixed(2)}%` }}>
      <div className={`tooltip ${left > 60 ? 'to-left' : ''}`}>
        <strong>{call.title}</strong> <span className="faint">{clockTime(ended.at)}</span>
        <div className="muted">
          {manager}: {outcomeSentence(call, ended.at, lease)}
        </div>
      </div>
    </div>
  );
}

/** A canvas, because two thousand bars need no elements of their own. */
function Bars({ ended, now, span }: { ended: readonly Ended[]; now: number; span: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [inks, setInks] = useState(readInks);
  const [width, setWidth] = useState(0);
  useEffect(() => onThemeChange(() => setInks(readInks())), []);
  useEffect(() => {
    const element = canvas.current?.parentElement;
    if (!element) return;
    const sizes = new ResizeObserver(() => setWidth(element.clientWidth));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current && width > 0) paint(canvas.current, width, inks, ended, now, span);
  }, [ended, now, span, width, inks]);
  return <canvas ref={canvas} style={{ width: '100%', height: HEIGHT }} aria-hidden="true" />;
}

interface Inks {
  good: string;
  quiet: string;
  line: string;
}
function readInks(): Inks {
  const [good, quiet, line] = ['--good', '--text-3', '--line-strong'].map((n) =>
    resolve(`var(${n})`),
  );
  return { good: good ?? '', quiet: quiet ?? '', line: line ?? '' };
}

function paint(
  canvas: HTMLCanvasElement,
  width: number,
  inks: Inks,
  ended: readonly Ended[],
  now: number,
  span: number,
): void {
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = HEIGHT * scale;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  const n = Math.max(1, Math.floor(width / BAR));
  const buckets = bucketsOf(ended, now, span, n);
  const most = Math.max(3, ...buckets.map(({ won, lost }) => Math.max(won, lost)));
  const middle = Math.round(HEIGHT * 0.62);
  const { good, quiet, line } = inks;
  context.fillStyle = line;
  context.fillRect(0, middle, width, 1);
  buckets.forEach(({ won, lost }, i) => {
    const x = (i / n) * width;
    const up = (won / most) * (middle - 3);
    const down = (lost / most) * (HEIGHT - middle - 4);
    context.fillStyle = good;
    if (won > 0) context.fillRect(x, middle - Math.max(2, up), BAR - 1, Math.max(2, up));
    context.fillStyle = quiet;
    if (lost > 0) context.fillRect(x, middle + 2, BAR - 1, Math.max(2, down));
  });
}
