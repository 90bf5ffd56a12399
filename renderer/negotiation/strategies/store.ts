// The tournament that was run last; it stays while other pages are looked at.
import { createStore } from 'zustand/vanilla';
import { ask } from '../../mirror/link.ts';
import { readRun, type Tournament } from './run.ts';

export type TournamentState =
  | { state: 'idle' }
  /** `kept`: the run before, still shown. */
  | { state: 'running'; since: number; kept: Tournament | null }
  | { state: 'failed'; problem: string; kept: Tournament | null }
  | { state: 'done'; kept: Tournament };

export const tournamentStore = createStore<{ now: TournamentState }>(() => ({
  now: { state: 'idle' },
}));

const present = (): TournamentState => tournamentStore.getState().now;
const keptOf = (now: TournamentState): Tournament | null => ('kept' in now ? now.kept : null);
/** Only the newest run may answer. */
let newest = 0;

export async function runTournament(seed: number): Promise<void> {
  const mine = ++newest;
  const kept = keptOf(present());
  const show = (now: TournamentState) => {
    if (mine === newest) tournamentStore.setState({ now });
  };
  show({ state: 'running', since: Date.now(), kept });
  try {
    const body = { experiment: 'strategies', seed };
    show({ state: 'done', kept: readRun(await ask('POST', '/v1/lab/runs', body)) });
  } catch (error) {
    show({
      state: 'failed',
      problem: error instanceof Error ? error.message : String(error),
      kept,
    });
  }
}

/** Stops waiting; the lab may go on, and its answer is not shown. */
export function stopWaiting(): void {
  newest += 1;
  const kept = keptOf(present());
  tournamentStore.setState({ now: kept ? { state: 'done', kept } : { state: 'idle' } });
}
