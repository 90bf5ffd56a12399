// Direct labels at the right edge of a chart of Recharts, one for each line that ends there.
import { usePlotArea, useYAxisScale } from 'recharts';
import { spread } from './labels.ts';

export interface EdgeLabel {
  /** On the axis of the chart. */
  value: number;
  text: string;
  colour: string;
  strong?: boolean;
}

const HEIGHT = 15;
const LEADER = 12;

export function EdgeLabels({ labels }: { labels: readonly EdgeLabel[] }) {
  const area = usePlotArea();
  const scale = useYAxisScale();
  if (!area || !scale) return null;
  const placed = labels
    .map((label) => ({ label, y: scale(label.value) ?? 0 }))
    .sort((a, b) => a.y - b.y);
  const places = placed.map(({ y }) => y);
  const ys = spread(places, HEIGHT, area.y, area.y + area.height);
  const x = area.x + area.width;
  return (
    <g>
      {placed.map(({ label, y }, i) => {
        const at = ys[i] ?? y;
        return (
          <g key={label.text}>
            <path
              d={`M${x} ${y}L${x + LEADER - 3} ${at}`}
              stroke={label.colour}
              strokeOpacity={0.55}
              fill="none"
            />
            <text
              x={x + LEADER}
              y={at + 4}
              fill={label.colour}
              className={label.strong ? 'edge-label strong' : 'edge-label'}
            >
              {label.text}
            </text>
          </g>
        );
      })}
    </g>
  );
}
