// All texts of the concession chart: at the ends of its lines, and the zone's name where nothing is
// drawn over it.
import { DefaultZIndexes, usePlotArea, useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import type { Amounts } from '../../words/amounts.ts';
import { CHARACTER, zoneLabels } from './concession-labels.ts';
import { ROLES, type Step, zoneOf } from './course.ts';
import { type EdgeLabel, EdgeLabels } from './edge-labels.tsx';
import { type Box, freeSpot } from './free-spot.ts';
import type { Prediction } from './theory.ts';

interface Props {
  doc: BargainingDoc;
  steps: readonly Step[];
  amounts: Amounts;
  prediction: Prediction | null;
  labels: readonly EdgeLabel[];
}

const TEXT_HEIGHT = 15;
/** Half of what a mark of an offer covers, and the ring around a deal. */
const MARK = 6;
const RING = 14;

export function ChartLabels({ doc, steps, amounts, prediction, labels }: Props) {
  const area = usePlotArea();
  const [x, y] = [useXAxisScale(), useYAxisScale()];
  const zone = zoneOf(doc);
  if (!area || !x || !y || !zone) return <EdgeLabels labels={labels} />;
  const place: Place = { x: (n) => x(n) ?? 0, y: (n) => y(n) ?? 0 };
  const { inside, beside } = zoneLabels(zone, amounts);
  const end = area.x + area.width;
  const room = {
    left: place.x(1) + MARK,
    right: end - MARK,
    top: place.y(zone.manager) + 3,
    bottom: place.y(zone.contractor) - 3,
  };
  const line = prediction && place.y(prediction.price);
  const theory = line === null ? [] : [{ left: 0, right: end, top: line - 1, bottom: line + 1 }];
  const taken = [...curveBoxes(steps, place), ...theory, ...ring()];
  const spots = inside.flatMap((text) => {
    const size = { width: text.length * CHARACTER, height: TEXT_HEIGHT };
    const spot = freeSpot(room, size, taken);
    return spot ? [{ ...spot, text }] : [];
  });
  const [spot] = spots;
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.label}>
      {spot && (
        <text x={spot.left} y={spot.bottom - 4} className="zone-label">
          {spot.text}
        </text>
      )}
      <EdgeLabels labels={spot ? labels : [...labels, beside]} />
    </ZIndexLayer>
  );

  function ring(): Box[] {
    if (!doc.deal) return [];
    const [cx, cy] = [place.x(steps.at(-1)?.round ?? 1), place.y(doc.deal.price)];
    return [{ left: cx - RING, right: cx + RING, top: cy - RING, bottom: cy + RING }];
  }
}

interface Place {
  x(round: number): number;
  y(price: number): number;
}

/** What the stairs of both sides cover: each offer stands until the next one, then a riser. */
function curveBoxes(steps: readonly Step[], { x, y }: Place): Box[] {
  return ROLES.flatMap((role) =>
    steps.flatMap((step, i) => {
      const { offer } = step[role];
      if (!offer) return [];
      const next = steps[i + 1];
      const [from, to] = [x(step.round), x(next?.round ?? step.round)];
      const [here, there] = [y(offer.price), y(next?.[role].offer?.price ?? offer.price)];
      return [around(from, here, to, here), around(to, here, to, there)];
    }),
  );
}
const around = (x1: number, y1: number, x2: number, y2: number): Box => ({
  left: x1 - MARK,
  right: x2 + MARK,
  top: Math.min(y1, y2) - MARK,
  bottom: Math.max(y1, y2) + MARK,
});
