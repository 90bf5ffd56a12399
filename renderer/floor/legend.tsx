// What the lines and marks of the floor mean: shapes first, colours second.
const LINES = [
  { kind: 'call', name: 'call' },
  { kind: 'bid', name: 'bid, with its price' },
  { kind: 'refused', name: 'refusal' },
  { kind: 'bargain', name: 'bargaining, closing as they concede' },
  { kind: 'award', name: 'award, to its slot' },
] as const;
/** From far away a node is a mark: its shape is its state, its length its credits. */
const MARKS = [
  { tone: 'quiet', name: 'idle or over' },
  { tone: 'live', name: 'calling' },
  { tone: 'good', name: 'working' },
  { tone: 'warn', name: 'in trouble' },
] as const;

export function Legend({ far }: { far: boolean }) {
  return (
    <ul className="legend" aria-label="Legend">
      {far &&
        MARKS.map(({ tone, name }) => (
          <li key={tone} className={`map tone-${tone}`}>
            <span className="fpill" aria-hidden="true" />
            {name}
          </li>
        ))}
      {LINES.map(({ kind, name }) => (
        <li key={kind}>
          <svg width="24" height="10" aria-hidden="true">
            <path
              d={kind === 'bargain' ? 'M 0 1 L 24 4 M 0 9 L 24 6' : 'M 0 5 H 24'}
              className={`fedge ${kind}`}
            />
          </svg>
          {name}
        </li>
      ))}
      {!far && (
        <li>
          <span className="legend-bar" aria-hidden="true">
            <i />
          </span>
          time left
        </li>
      )}
    </ul>
  );
}
