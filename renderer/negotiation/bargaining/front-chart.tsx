// What outcomes of several issues are worth to both sides: all that were possible, the Pareto
// front, both sides' offers as paths towards it, Nash's point, the deal.
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
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import { ROLES } from './course.ts';
import { frontOf, nashOf, type Utilities, type Worth } from './front.ts';
import { type BothSides, SideMark } from './sides.tsx';

const TICK = { fill: 'var(--text-3)', fontSize: 11 };
/** More possible outcomes than this are thinned out; the front is always drawn whole. */
const CLOUD = 800;

interface Props {
  utilities: Utilities;
  sides: BothSides;
  /** The round whose offers are marked. */
  lit: number;
}

export function FrontChart({ utilities, sides, lit }: Props) {
  const { outcomes, deal } = utilities;
  const front = frontOf(outcomes);
  const nash = nashOf(outcomes);
  const axes = {
    manager: axisFor(utilities, 'manager'),
    contractor: axisFor(utilities, 'contractor'),
  };
  const every = Math.max(1, Math.ceil(outcomes.length / CLOUD));
  return (
    <figure className="front-chart" aria-label={summary(utilities, nash)}>
      <ResponsiveContainer width="100%" height={280} minWidth={100}>
        <ScatterChart
          margin={{ top: 12, right: 24, bottom: 22, left: 4 }}
          accessibilityLayer={false}
          aria-hidden="true"
        >
          <CartesianGrid stroke="var(--line)" />
          <XAxis
            type="number"
            dataKey="manager"
            domain={axes.manager}
            ticks={PARTS}
            tick={TICK}
            stroke="var(--line-strong)"
            tickLine={false}
            label={axisLabel(`worth to ${sides.manager.name}`, 'insideBottom')}
          />
          <YAxis
            type="number"
            dataKey="contractor"
            domain={axes.contractor}
            ticks={PARTS}
            tick={TICK}
            width={56}
            axisLine={false}
            tickLine={false}
            label={axisLabel(`worth to ${sides.contractor.name}`, 'insideLeft')}
          />
          <Tooltip isAnimationActive={false} cursor={false} content={<Hover sides={sides} />} />
          <Scatter
            data={outcomes.filter((_, i) => i % every === 0)}
            shape={<Dot />}
            isAnimationActive={false}
          />
          <Scatter
            data={front}
            line={{ stroke: 'var(--text-2)', strokeWidth: 1.5 }}
            shape={<Dot strong />}
            isAnimationActive={false}
          />
          {paths(utilities, sides, lit)}
          {nash && pointAt(nash, 'Nash point', 'var(--text)')}
          {deal && pointAt(deal, 'deal', 'var(--good)')}
        </ScatterChart>
      </ResponsiveContainer>
    </figure>
  );
}

const axisFor = ({ outcomes, offers, deal }: Utilities, role: BargainingRole) => {
  const said = offers.flatMap(({ manager, contractor }) => [manager, contractor]);
  const all = [...outcomes, ...said, deal].flatMap((one) => (one ? [one[role]] : []));
  return [Math.min(0, ...all) - MARGIN, Math.max(1, ...all) + MARGIN] as const;
};
const MARGIN = 0.04;
const PARTS = [0, 0.25, 0.5, 0.75, 1];

const axisLabel = (value: string, position: 'insideBottom' | 'insideLeft') => ({
  value,
  position,
  className: 'axis-label',
  ...(position === 'insideLeft' ? { angle: -90, dx: 4, dy: 60 } : { dy: 16 }),
});

function summary({ outcomes, deal }: Utilities, nash: Worth | null): string {
  const words = (one: Worth) => `${round(one.manager)} and ${round(one.contractor)}`;
  return (
    `${outcomes.length} possible outcomes by what they are worth to the manager and to the ` +
    `contractor. ${nash ? `Nash point: ${words(nash)}. ` : ''}` +
    `${deal ? `Deal: ${words(deal)}.` : 'No deal.'}`
  );
}
const round = (value: number): number => Number(value.toFixed(3));

/** What Recharts hands to a shape. */
interface ShapeProps {
  cx?: number | undefined;
  cy?: number | undefined;
  payload?: Worth & { round?: number };
}
function Dot({ cx = 0, cy = 0, strong = false }: ShapeProps & { strong?: boolean }) {
  return strong ? (
    <circle cx={cx} cy={cy} r={2.5} fill="var(--text-2)" />
  ) : (
    <circle cx={cx} cy={cy} r={1.5} fill="var(--text-3)" fillOpacity={0.5} />
  );
}

function paths({ offers }: Utilities, sides: BothSides, lit: number) {
  return ROLES.map((role) => {
    const path = offers.flatMap((one) => {
      const worth = one[role];
      return worth ? [{ ...worth, round: one.round }] : [];
    });
    const { colour } = sides[role];
    return (
      <Scatter
        key={role}
        data={path}
        line={{ stroke: colour, strokeWidth: 1.5 }}
        shape={({ cx = 0, cy = 0, payload }: ShapeProps) => (
          <SideMark
            role={role}
            x={cx}
            y={cy}
            colour={colour}
            size={payload?.round === lit ? 6 : 3}
          />
        )}
        isAnimationActive={false}
      />
    );
  });
}

function pointAt(worth: Worth, name: string, colour: string) {
  return [
    <ReferenceLine
      key={`${name} product`}
      segment={[
        { x: worth.manager, y: 0 },
        { x: worth.manager, y: worth.contractor },
      ]}
      stroke={colour}
      strokeOpacity={0.35}
    />,
    <ReferenceDot
      key={name}
      x={worth.manager}
      y={worth.contractor}
      shape={({ cx = 0, cy = 0 }: ShapeProps) => (
        <g>
          <path
            d={`M${cx} ${cy - 7}l7 7l-7 7l-7 -7z`}
            fill="var(--bg)"
            stroke={colour}
            strokeWidth={2}
          />
          <text x={cx + 11} y={cy - 5} fill={colour} className="edge-label strong">
            {name}
          </text>
        </g>
      )}
    />,
  ];
}

interface HoverProps {
  sides: BothSides;
  /** Recharts adds it to the element it is given. */
  payload?: readonly { payload?: Worth & { round?: number } }[];
}
function Hover({ sides, payload }: HoverProps) {
  const point = payload?.[0]?.payload;
  if (!point) return null;
  return (
    <div className="tooltip">
      {point.round === undefined ? 'An outcome' : `An offer of round ${point.round}`}
      {ROLES.map((role) => (
        <div key={role}>
          {round(point[role])} <span className="muted">to {sides[role].name}</span>
        </div>
      ))}
    </div>
  );
}
