// One icon for every mark, so that a state looks the same wherever it is met.
import {
  ArrowRightLeft,
  Ban,
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  CircleX,
  Clock3,
  Gavel,
  HandCoins,
  Handshake,
  Hourglass,
  type LucideIcon,
  Megaphone,
  Minus,
  OctagonAlert,
  Pause,
  Play,
  Square,
  SquareCheck,
  TimerOff,
  Undo2,
} from 'lucide-react';
import type { Mark, State } from '../words/states.ts';

const ICONS: Record<Mark, LucideIcon> = {
  open: Megaphone,
  idle: Circle,
  deciding: Hourglass,
  awarded: Gavel,
  none: CircleSlash,
  cancelled: Ban,
  failed: CircleAlert,
  scheduled: Clock3,
  running: Play,
  reclaiming: Undo2,
  settled: CircleCheck,
  expired: TimerOff,
  free: Square,
  held: SquareCheck,
  proposed: HandCoins,
  refused: CircleX,
  lost: Minus,
  silent: CircleDashed,
  paused: Pause,
  bargaining: ArrowRightLeft,
  agreed: Handshake,
  alarm: OctagonAlert,
};

export function MarkIcon({ mark, size = 14 }: { mark: Mark; size?: number }) {
  const Icon = ICONS[mark];
  return <Icon size={size} strokeWidth={2} aria-hidden="true" />;
}

/** A state in its tone: icon and word, never colour alone. */
export function StateWord({ state, title }: { state: State; title?: string | undefined }) {
  return (
    <span className={`state tone-${state.tone}`} title={title}>
      <MarkIcon mark={state.mark} size={13} />
      <span>{state.word}</span>
    </span>
  );
}
