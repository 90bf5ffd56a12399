// Which round is looked at: the newest, unless the reader has stepped back; played on at one pace.
import { useEffect, useState } from 'react';

const PACE_MS = 700;

export interface Replay {
  /** Rounds that are over. */
  rounds: number;
  /** The round looked at, from 1; 0 while there is none. */
  round: number;
  /** It is the newest, and a live bargaining is followed. */
  newest: boolean;
  playing: boolean;
  /** Goes to a round; a number past the last one follows the newest again. */
  go(round: number): void;
  /** Plays on from here, from the first round when it stands at the end; or pauses. */
  toggle(): void;
}

export function useReplay(rounds: number): Replay {
  const [back, setBack] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const round = Math.min(back ?? rounds, rounds);
  const move = (to: number) => setBack(to >= rounds ? null : Math.max(1, to));
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = round + 1;
      setBack(next >= rounds ? null : next);
      if (next >= rounds) setPlaying(false);
    }, PACE_MS);
    return () => clearTimeout(timer);
  }, [playing, round, rounds]);
  return {
    rounds,
    round,
    newest: back === null,
    playing,
    go(to) {
      setPlaying(false);
      move(to);
    },
    toggle() {
      if (!playing && round >= rounds) move(1);
      setPlaying(!playing && rounds > 1);
    },
  };
}
