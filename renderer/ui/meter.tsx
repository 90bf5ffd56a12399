/** A share of something as a bar; its words are for those who cannot see it, or stand beside it. */
export function Meter({ part, tone, words }: { part: number; tone: string; words?: string }) {
  const filled = Math.min(1, Math.max(0, part));
  return (
    <div className="meter">
      <i className={tone} style={{ transform: `scaleX(${filled.toFixed(3)})` }} />
      {words && <span className="visually-hidden">{words}</span>}
    </div>
  );
}
