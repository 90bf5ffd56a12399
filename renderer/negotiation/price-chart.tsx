// Price over time: proposals as they came, the manager's limit, the award.
import {
  CartesianGrid,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { CallView } from '../../core/engine/view/model.ts';
import { useAgentName, useLease, useOrdinal } from '../mirror/hooks.ts';
import { categoryOf } from '../ui/colours.ts';
import { ticksOf } from '../ui/ticks.ts';
import { creditsShort, decimalCredits, toMicro } from '../words/format.ts';
import { dialogueSentence } from '../words/sentences.ts';
import {
  momentWords,
  type PricePlot,
  type PricePoint,
  pricePlot,
  type RefusalPoint,
} from './price-points.ts';

/** Direct labels up to here; above, names come on hover. */
const LABELLED = 5;
const TICK = { fill: 'var(--text-3)', fontSize: 11 };

export function PriceChart({ call }: { call: CallView }) {
  const lease = useLease(call.leaseId);
  const plot = pricePlot(call, lease);
  const labelled = plot.proposals.length <= LABELLED;
  const refusals = plot.refusals.map((one) => ({ ...one, price: 0 }));
  return (
    <figure className="price-chart" aria-label={summary(call, plot.proposals.length)}>
      <ResponsiveContainer width="100%" height={208} minWidth={100}>
        <ScatterChart
          margin={{ top: 12, right: 76, bottom: 4, left: 4 }}
          accessibilityLayer={false}
          aria-hidden="true"
        >
          <Axes plot={plot} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={<Hover call={call} />}
          />
          <ReferenceLine
            y={plot.limit}
            stroke="var(--text-3)"
            strokeDasharray="5 4"
            label={{
              value: `${call.direction === 'offer' ? 'least' : 'limit'} ${short(plot.limit)}`,
              position: 'right',
              fill: 'var(--text-2)',
              fontSize: 11,
            }}
          />
          {plot.award && (
            <ReferenceLine
              y={plot.award.price}
              stroke="var(--good)"
              label={{
                value: `paid ${short(plot.award.price)}`,
                position: 'right',
                fill: 'var(--good)',
                fontSize: 11,
              }}
            />
          )}
          <Scatter data={refusals} shape={<Refused />} isAnimationActive={false} />
          <Scatter
            data={plot.proposals}
            shape={<Proposed labelled={labelled} end={plot.seconds} />}
            isAnimationActive={false}
          />
          {plot.award && (
            <ReferenceDot
              x={plot.award.seconds}
              y={plot.award.price}
              r={4}
              fill="var(--good)"
              stroke="var(--bg)"
            />
          )}
        </ScatterChart>
      </ResponsiveContainer>
    </figure>
  );
}

function Axes({ plot }: { plot: PricePlot }) {
  return (
    <>
      <CartesianGrid stroke="var(--line)" vertical={false} />
      <XAxis
        dataKey="seconds"
        type="number"
        domain={[0, plot.seconds]}
        ticks={ticksOf(plot.seconds)}
        tick={TICK}
        tickFormatter={momentWords}
        stroke="var(--line-strong)"
        tickLine={false}
      />
      <YAxis
        dataKey="price"
        type="number"
        domain={[0, plot.top]}
        tick={TICK}
        ticks={ticksOf(plot.top, true)}
        tickFormatter={(price: number) => String(Number(price.toFixed(4)))}
        width={44}
        axisLine={false}
        tickLine={false}
      />
    </>
  );
}

const summary = (call: CallView, n: number): string =>
  `${n} proposals over time against a limit of ${decimalCredits(call.limitPrice / 1e6)} credits; ` +
  'the table below has the same values.';

const short = (value: number): string => creditsShort(toMicro(value));

/** What Recharts hands to a shape. */
interface ShapeProps {
  cx?: number;
  cy?: number;
  payload?: PricePoint;
}

interface ProposedProps extends ShapeProps {
  labelled: boolean;
  end: number;
}

function Proposed({ cx = 0, cy = 0, payload, labelled, end }: ProposedProps) {
  const agentId = payload?.agentId ?? '';
  const colour = categoryOf(useOrdinal(agentId));
  const name = useAgentName(agentId);
  if (!payload) return null;
  const late = payload.seconds > end * 0.72; // the labels of the lines are at the right
  return (
    <g>
      <circle
        cx={cx}
        cy={cy}
        r={payload.won ? 6 : 4.5}
        fill={payload.won ? colour : 'var(--bg)'}
        stroke={colour}
        strokeWidth={2}
      />
      {labelled && (
        <text
          x={late ? cx - 10 : cx + 10}
          y={cy + 4}
          className="chart-label"
          textAnchor={late ? 'end' : 'start'}
        >
          {name}
        </text>
      )}
    </g>
  );
}

function Refused({ cx = 0, cy = 0 }: ShapeProps) {
  return (
    <path
      d={`M${cx - 4} ${cy - 12}l8 8m0 -8l-8 8`}
      stroke="var(--warn)"
      strokeWidth={1.75}
      fill="none"
    />
  );
}

/** Recharts adds `payload` to the element it is given. */
function Hover({ call, payload }: HoverProps) {
  const point = payload?.[0]?.payload;
  const name = useAgentName(point?.agentId ?? '');
  if (!point) return null;
  return (
    <div className="tooltip">
      <strong>{name}</strong> after {momentWords(point.seconds)}
      {point.dialogue.proposal && (
        <div>{decimalCredits(point.dialogue.proposal.price / 1e6)} credits</div>
      )}
      <div className="muted">{dialogueSentence(point.dialogue, call)}</div>
    </div>
  );
}
interface HoverProps {
  call: CallView;
  payload?: readonly { payload?: PricePoint | RefusalPoint }[];
}
