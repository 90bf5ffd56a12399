// The concession view: what each side offered, round by round, the zone between their limits, the
// deal, and under it what theory predicts.
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { amountsOf } from '../../words/amounts.ts';
import { fixedCredits } from '../../words/format.ts';
import { ChartLabels } from './chart-labels.tsx';
import { labelsOf, roomFor } from './concession-labels.ts';
import { type Axis, axisOf, lastRound, ROLES, roundTicks, type Step, zoneOf } from './course.ts';
import { type BothSides, SideMark } from './sides.tsx';
import { type Prediction, predictionOf } from './theory.ts';

const TICK = { fill: 'var(--text-3)', fontSize: 11 };
const HEIGHT = 300;
/** With more rounds the marks of the offers would run into one another. */
const DOTS_UNTIL = 40;

interface Props {
  doc: BargainingDoc;
  steps: readonly Step[];
  sides: BothSides;
  /** Rounds up to here are drawn in full, later ones faintly. */
  round: number;
  /** The round under the pointer or chosen by the keys. */
  lit: number;
  onHover(round: number | null): void;
  onChoose(round: number): void;
}

export function ConcessionChart(props: Props) {
  const { doc, steps, sides, round, lit, onHover, onChoose } = props;
  const prediction = predictionOf(doc);
  const zone = zoneOf(doc);
  const axis = priceAxis(doc, steps, prediction);
  const last = lastRound(doc);
  const about = { doc, steps, sides, prediction, amounts: amountsOf(doc) };
  return (
    <ResponsiveContainer width="100%" height={HEIGHT} minWidth={100}>
      <ComposedChart
        data={steps.map((step, i) => rowOf(step, i + 1, round))}
        margin={{ top: 10, right: roomFor(about), bottom: 4, left: 0 }}
        accessibilityLayer={false}
        aria-hidden="true"
        onMouseMove={({ activeLabel }) => onHover(roundOf(activeLabel))}
        onMouseLeave={() => onHover(null)}
        onClick={({ activeLabel }) => {
          const at = roundOf(activeLabel);
          if (at !== null) onChoose(at);
        }}
      >
        {zone && (
          <ReferenceArea
            y1={zone.contractor}
            y2={zone.manager}
            fill="var(--good-soft)"
            fillOpacity={0.6}
          />
        )}
        {axes(axis, last)}
        <Tooltip isAnimationActive={false} cursor={false} content={nothing} />
        {limitLines(doc)}
        {prediction && <ReferenceLine y={prediction.price} stroke="var(--text-3)" />}
        <ReferenceLine x={lit} stroke="var(--line-strong)" />
        {curves(sides, last <= DOTS_UNTIL)}
        {litMarks(steps[lit - 1], sides)}
        {round >= steps.length && ending(doc, steps)}
        <ChartLabels {...about} labels={labelsOf(about, round)} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

const nothing = () => null;
const roundOf = (label: unknown): number | null => {
  const round = Number(label);
  return label !== undefined && Number.isInteger(round) ? round : null;
};

/** `ahead` are the rounds that the reader has not come to. */
interface Row {
  round: number;
  step: Step;
  manager: number | null;
  contractor: number | null;
  managerAhead: number | null;
  contractorAhead: number | null;
}
function rowOf(step: Step, at: number, shown: number): Row {
  const { round, manager, contractor } = step;
  const [bid, ask] = [manager.offer?.price ?? null, contractor.offer?.price ?? null];
  return {
    round,
    step,
    manager: at <= shown ? bid : null,
    contractor: at <= shown ? ask : null,
    managerAhead: at >= shown ? bid : null,
    contractorAhead: at >= shown ? ask : null,
  };
}

function priceAxis(doc: BargainingDoc, steps: readonly Step[], theory: Prediction | null): Axis {
  const offers = steps.flatMap(({ manager, contractor }) => [manager.offer, contractor.offer]);
  const prices = [...offers, doc.deal].flatMap((one) => (one ? [one.price] : []));
  const marks = [doc.limits?.manager, doc.limits?.contractor, theory?.price];
  return axisOf([...prices, ...marks.filter((one) => one !== undefined)]);
}

function axes(axis: Axis, last: number) {
  return (
    <>
      <CartesianGrid stroke="var(--line)" vertical={false} />
      <XAxis
        dataKey="round"
        type="number"
        domain={[1, last]}
        ticks={roundTicks(last)}
        tick={TICK}
        interval={0}
        padding={{ left: 18, right: 10 }}
        height={24}
        label={{ value: 'round', position: 'right', offset: 8, className: 'axis-label' }}
        stroke="var(--line-strong)"
        tickLine={false}
      />
      <YAxis
        type="number"
        domain={[axis.low, axis.high]}
        ticks={axis.ticks}
        tick={TICK}
        tickFormatter={(price: number) => fixedCredits(price, axis.decimals)}
        width={Math.max(44, 12 + 6 * fixedCredits(axis.high, axis.decimals).length)}
        axisLine={false}
        tickLine={false}
      />
    </>
  );
}

function limitLines({ limits }: BargainingDoc) {
  if (!limits) return null;
  return ROLES.map((role) => (
    <ReferenceLine key={role} y={limits[role]} stroke="var(--text-3)" strokeDasharray="5 4" />
  ));
}

/** An offer stands until the next one: steps. */
function curves(sides: BothSides, dots: boolean) {
  return ROLES.flatMap((role) => {
    const { colour } = sides[role];
    const common = { type: 'stepAfter', stroke: colour, isAnimationActive: false } as const;
    return [
      <Line
        key={`${role}Ahead`}
        {...common}
        dataKey={`${role}Ahead`}
        strokeOpacity={0.28}
        strokeWidth={1.5}
        dot={false}
        activeDot={false}
      />,
      <Line
        key={role}
        {...common}
        dataKey={role}
        strokeWidth={2}
        dot={
          dots &&
          ((at: DotProps) => <OfferDot key={at.index} at={at} role={role} colour={colour} />)
        }
        activeDot={false}
      />,
    ];
  });
}

/** What Recharts hands to a dot. */
interface DotProps {
  index?: number;
  cx?: number;
  cy?: number;
  payload?: Row;
}
interface OfferDotProps {
  at: DotProps;
  role: BargainingRole;
  colour: string;
}
function OfferDot({ at, role, colour }: OfferDotProps) {
  const { cx, cy, payload } = at;
  const deed = payload?.step[role].deed;
  if (typeof cx !== 'number' || typeof cy !== 'number' || !payload) return null;
  if (payload[role] === null || deed === 'waits') return null;
  const size = deed === 'repeats' || deed === 'silent' ? 2.5 : 3.5;
  const mark = { role, colour, size, hollow: deed === 'silent' };
  return <SideMark x={cx} y={cy} {...mark} />;
}

function litMarks(step: Step | undefined, sides: BothSides) {
  if (!step) return null;
  return ROLES.map((role) => {
    const { offer } = step[role];
    if (!offer) return null;
    const { colour } = sides[role];
    return (
      <ReferenceDot
        key={role}
        x={step.round}
        y={offer.price}
        shape={({ cx = 0, cy = 0 }: DotProps) => (
          <g className="lit-mark">
            <circle cx={cx} cy={cy} r={9} fill={colour} fillOpacity={0.22} />
            <SideMark role={role} x={cx} y={cy} colour={colour} size={4.5} />
          </g>
        )}
      />
    );
  });
}

/** A ring around the deal, or the gap that nobody closed. */
function ending(doc: BargainingDoc, steps: readonly Step[]) {
  const step = steps.at(-1);
  if (!step) return null;
  if (doc.state === 'agreed' && doc.deal) {
    return (
      <ReferenceDot
        x={step.round}
        y={doc.deal.price}
        shape={({ cx = 0, cy = 0 }: DotProps) => (
          <g stroke="var(--good)" fill="none" strokeWidth={2}>
            <circle cx={cx} cy={cy} r={12} />
            <circle cx={cx} cy={cy} r={7.5} fill="var(--good)" stroke="var(--bg)" />
          </g>
        )}
      />
    );
  }
  const [bid, ask] = [step.manager.offer, step.contractor.offer];
  if (doc.state !== 'conflict' || !bid || !ask) return null;
  return (
    <ReferenceLine
      segment={[
        { x: step.round, y: bid.price },
        { x: step.round, y: ask.price },
      ]}
      stroke="var(--warn)"
      strokeWidth={2}
      strokeDasharray="2 3"
    />
  );
}
