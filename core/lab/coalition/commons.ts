// A pool that its members fill and use: one of them takes more than it gives. How long it stays,
// and whether noise ever costs an honest member its place.
import { act, foundCoalition } from '../../agent/coalition/coalition.ts';
import { FREE_RIDER_RULE } from '../../agent/coalition/free-rider.ts';
import { createRng } from '../../engine/base/rng.ts';

export interface CommonsTerms {
  members: number;
  periods: number;
  /** Readings are off by up to this part, up or down; 0..1. */
  noise: number;
}

export interface CommonsOutcome {
  /** Periods until the free rider was expelled and warned; null for never. */
  expelledAfter: number | null;
  warnedAfter: number | null;
  honestExpelled: number;
  /** It is still there in the end, with every honest member. */
  isStable: boolean;
}

/** Units of a period: what an honest member gives and takes, and what a free rider does. */
const HONEST = 4;
const TAKES = 4;
const GIVES = 1;

export function runCommons(seed: number, terms: CommonsTerms): CommonsOutcome {
  const rng = createRng(seed);
  const names = Array.from({ length: terms.members }, (_, i) => (i === 0 ? 'free' : `m${i}`));
  const founder = names[1] as string;
  const agreement = { founder, sizeMin: 2, sizeMax: Math.max(2, names.length) };
  const c = foundCoalition({ side: 'supply', ...agreement, rule: FREE_RIDER_RULE });
  for (const who of names.filter((name) => name !== founder)) {
    act(c, { type: 'invite', by: founder, who });
    act(c, { type: 'join', who });
  }
  act(c, { type: 'form', by: founder });
  const measured = (units: number) => units * (1 + terms.noise * (2 * rng.unit() - 1));
  const found: CommonsOutcome = {
    expelledAfter: null,
    warnedAfter: null,
    honestExpelled: 0,
    isStable: false,
  };
  for (let period = 1; period <= terms.periods && c.status === 'active'; period++) {
    for (const who of [...c.members.keys()]) {
      const [gives, takes] = who === 'free' ? [GIVES, TAKES] : [HONEST, HONEST];
      const units = { contributed: measured(gives), consumed: measured(takes) };
      act(c, { type: 'record', who, ...units });
    }
    const events = act(c, { type: 'end-period' });
    for (const event of 'refused' in events ? [] : events) {
      if (event.type === 'warned' && event.who === 'free') found.warnedAfter ??= period;
      if (event.type !== 'expelled') continue;
      if (event.who === 'free') found.expelledAfter = period;
      else found.honestExpelled++;
    }
  }
  found.isStable = c.status === 'active' && found.honestExpelled === 0;
  return found;
}
