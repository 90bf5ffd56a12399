/** Shapes of what is about to come, instead of a spinner. */
export function Skeleton({ lines = 6, label }: { lines?: number; label: string }) {
  return (
    <output className="skeletons" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} className="skeleton" style={{ width: `${88 - ((i * 29) % 53)}%` }} />
      ))}
    </output>
  );
}
