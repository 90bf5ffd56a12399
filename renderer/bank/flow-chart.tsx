// Four small charts, one under the other on one time axis: their sizes differ too much for one.
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { FlowBucket } from '../mirror/documents.ts';
import { ticksOf } from '../ui/ticks.ts';
import { clockTime, decimalCredits } from '../words/format.ts';

const TICK = { fill: 'var(--text-3)', fontSize: 11 };
const SERIES = [
  { key: 'paid', name: 'Paid for leases', colour: 'var(--good)' },
  { key: 'issued', name: 'Issued by the bank', colour: 'var(--accent)' },
  { key: 'lapsed', name: 'Lapsed, unspent', colour: 'var(--text-3)' },
  { key: 'surcharged', name: 'Surcharged', colour: 'var(--warn)' },
] as const;

export function FlowChart({ flow, bucketMs }: { flow: readonly FlowBucket[]; bucketMs: number }) {
  const data = flow.map((one) => ({ ...one, time: Date.parse(one.at) }));
  return (
    <div className="flow-charts">
      {SERIES.map((series, i) => (
        <One
          key={series.key}
          name={series.name}
          colour={series.colour}
          dataKey={series.key}
          data={data}
          bucketMs={bucketMs}
          last={i === SERIES.length - 1}
        />
      ))}
    </div>
  );
}

interface OneProps {
  dataKey: (typeof SERIES)[number]['key'];
  name: string;
  colour: string;
  data: (FlowBucket & { time: number })[];
  bucketMs: number;
  last: boolean;
}

function One({ dataKey, name, colour, data, bucketMs, last }: OneProps) {
  const total = data.reduce((sum, one) => sum + one[dataKey], 0);
  const most = Math.max(...data.map((one) => one[dataKey]), 0);
  const top = ticksOf(most > 0 ? most : 1, true).at(-1) ?? 1;
  const ticks = [0, top / 2, top];
  const minutes = bucketMs >= 60_000;
  const tick = (time: number) => (minutes ? clockTime(time).slice(0, 5) : clockTime(time));
  return (
    <figure aria-label={`${name}: ${decimalCredits(total)} credits in the time shown`}>
      <figcaption>
        <span>{name}</span>
        <strong>{decimalCredits(total)} cr</strong>
      </figcaption>
      <ResponsiveContainer width="100%" height={last ? 124 : 100} minWidth={100}>
        <BarChart
          data={data}
          syncId="flows"
          barCategoryGap={1}
          margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          aria-hidden="true"
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="time"
            tick={last ? TICK : false}
            tickFormatter={tick}
            height={last ? 24 : 1}
            minTickGap={64}
            stroke="var(--line-strong)"
            tickLine={false}
          />
          <YAxis
            tick={TICK}
            width={56}
            ticks={ticks}
            axisLine={false}
            tickLine={false}
            domain={[0, top]}
            tickFormatter={(value: number) => String(Number(value.toPrecision(3)))}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--hover)' }}
            content={<Hover />}
          />
          <Bar dataKey={dataKey} fill={colour} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}

/** Recharts adds these to the element it is given. */
interface HoverProps {
  label?: number | string;
  payload?: readonly { value?: unknown }[];
}
function Hover({ label, payload }: HoverProps) {
  return (
    <div className="tooltip">
      {clockTime(Number(label ?? 0))}: <strong>{amount(payload?.[0]?.value)} cr</strong>
    </div>
  );
}

const amount = (value: unknown): string => decimalCredits(typeof value === 'number' ? value : 0);
