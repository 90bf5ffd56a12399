// What the lines and marks of the floor mean. Shapes first, colours second.
const LINES = [
  { kind: 'call', name: 'call' },
  { kind: 'bid', name: 'bid, with its price' },
  { kind: 'refused', name: 'refusal' },
  { kind: 'award', name: 'award, to its slot' },
] as const;

export function Legend() {
  return (
    <ul className="legend" aria-label="Legend">
      {LINES.map(({ kind, name }) => (
        <li key={kind}>
          <svg width="24" height="10" aria-hidden="true">
            <path d="M 0 5 H 24" className={`fedge ${kind}`} />
          </svg>
          {name}
        </li>
      ))}
      <li>
        <span className="legend-bar" aria-hidden="true">
          <i />
        </span>
        time left
      </li>
    </ul>
  );
}
