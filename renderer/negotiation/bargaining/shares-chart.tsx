// What each side would get of the zone by its own offer and by the other's: where the two lines of
// a side meet, the offers are the same to it.
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { percent } from '../../words/format.ts';
import { lastRound, type Limits, ROLES, type Share, sharesOf, type Step } from './course.ts';
import { EdgeLabels } from './edge-labels.tsx';
import type { BothSides } from './sides.tsx';

const TICK = { fill: 'var(--text-3)', fontSize: 11 };
const PARTS = [0, 0.5, 1];

interface Props {
  doc: BargainingDoc;
  steps: readonly Step[];
  sides: BothSides;
  zone: Limits;
  lit: number;
  onHover(round: number | null): void;
}

export function SharesCharts(props: Props) {
  return ROLES.map((role) => <One key={role} role={role} {...props} />);
}

function One({ role, doc, steps, sides, zone, lit, onHover }: Props & { role: BargainingRole }) {
  const shares = sharesOf(steps, role, zone);
  const other = role === 'manager' ? 'contractor' : 'manager';
  const here = shares[lit - 1];
  return (
    <figure className="shares" aria-label={summary(sides[role].name, here)}>
      <figcaption>
        <strong>{sides[role].name}</strong> <span className="muted">would get</span>
      </figcaption>
      <ResponsiveContainer width="100%" height={132} minWidth={100}>
        <LineChart
          data={shares}
          margin={{ top: 8, right: 116, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          aria-hidden="true"
          onMouseMove={({ activeLabel }) => onHover(Number(activeLabel) || null)}
          onMouseLeave={() => onHover(null)}
        >
          {axes(lastRound(doc), domainOf(shares))}
          <Tooltip isAnimationActive={false} cursor={false} content={nothing} />
          <ReferenceLine x={steps[lit - 1]?.round ?? 0} stroke="var(--line-strong)" />
          <Line {...LINE} dataKey="own" stroke={sides[role].colour} />
          <Line {...LINE} dataKey="other" stroke={sides[other].colour} strokeDasharray="4 3" />
          {here && <EdgeLabels labels={labelsOf(here, sides[role].colour, sides[other].colour)} />}
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}

const LINE = { type: 'stepAfter', strokeWidth: 2, dot: false, isAnimationActive: false } as const;
const nothing = () => null;

function axes(last: number, domain: [number, number]) {
  return (
    <>
      <CartesianGrid stroke="var(--line)" vertical={false} />
      <XAxis
        dataKey="round"
        type="number"
        domain={[1, last]}
        ticks={[1, last]}
        tick={TICK}
        tickFormatter={(round: number) => (round === 1 ? 'round 1' : String(round))}
        interval={0}
        padding={{ left: 16, right: 4 }}
        height={22}
        stroke="var(--line-strong)"
        tickLine={false}
      />
      <YAxis
        type="number"
        domain={domain}
        ticks={PARTS}
        tick={TICK}
        tickFormatter={percent}
        width={48}
        axisLine={false}
        tickLine={false}
      />
    </>
  );
}
/** 0 to 100 %, and further where an offer lies outside of the zone. */
function domainOf(shares: readonly Share[]): [number, number] {
  const all = shares.flatMap(({ own, other }) => [own ?? 0, other ?? 0]);
  return [Math.min(0, ...all) - MARGIN, Math.max(1, ...all) + MARGIN];
}
const MARGIN = 0.03;

function labelsOf({ own, other }: Share, mine: string, theirs: string) {
  return [
    ...(own === null ? [] : [{ value: own, text: `${percent(own)} by its offer`, colour: mine }]),
    ...(other === null
      ? []
      : [{ value: other, text: `${percent(other)} by the other`, colour: theirs }]),
  ];
}

function summary(name: string, here: Share | undefined): string {
  const part = (share: number | null | undefined) =>
    share === null || share === undefined ? 'nothing yet' : percent(share);
  const [own, other] = [part(here?.own), part(here?.other)];
  return `${name} would get ${own} of the zone by its own offer and ${other} by the other’s`;
}
