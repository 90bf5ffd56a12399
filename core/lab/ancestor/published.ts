// What the reference repository's runs print, as measured again and described in the project's
// facts file `seed-system.md`; the section is given with each table.
import type { Commit } from './reference-rules.ts';

export const source = (section: number, commit: string): string =>
  `seed-system.md, section ${section}, ${commit}`;

/** Section 8: the pairs that close, buyer then seller, with the price of 10 units. */
export const MATRIX: Readonly<Record<string, number>> = {
  'fair->fair': 10,
  'fair->adaptive': 10.75,
  'adaptive->fair': 10,
  'adaptive->adaptive': 10.5,
};

/** Section 11, defect 1: four more close when the seller has a budget of 20. */
export const MATRIX_SELLER_BUDGET_20: Readonly<Record<string, number>> = {
  ...MATRIX,
  'greedy->fair': 8.5,
  'greedy->adaptive': 8.5,
  'fair->greedy': 9.25,
  'adaptive->greedy': 8.5,
};

/** Section 8: experiment 1, fair buyer and greedy seller. */
export const TRACE = 'request 11.5, counter 13, counter 11.5, reject too_expensive';

/** Section 8; prices of 5 units, volatility as standard deviation of 20 prices. */
export const CONVERGENCE_OF: Readonly<
  Record<Commit, { deals: number; mean: number; first: number; last: number; final: number | null }>
> = {
  '872b0e1': { deals: 71, mean: 2.82, first: 0.178, last: 0.0001, final: 2.886 },
  dba0dca: { deals: 59, mean: 3.35, first: 0.2062, last: 0.232, final: null },
};

export type Means = Readonly<Record<string, number>>;

/** Section 8: mean net worth, RNG seeds 0 to 19. */
export const TOURNAMENT_20: Readonly<Record<Commit, Means>> = {
  '872b0e1': {
    fair_provider: 172.3,
    patient_provider: 155,
    adaptive_seeker: 122.8,
    greedy_seeker: 115.3,
    greedy_provider: 114.6,
  },
  dba0dca: {
    fair_provider: 173.3,
    patient_provider: 138.9,
    adaptive_seeker: 142,
    greedy_seeker: 113.8,
    greedy_provider: 112.1,
  },
};

/** Section 8: the same for RNG seeds 0 to 999. */
export const TOURNAMENT_1000: Readonly<Record<Commit, Means>> = {
  '872b0e1': {
    fair_provider: 172.5,
    patient_provider: 155,
    adaptive_seeker: 121.5,
    greedy_seeker: 117,
    greedy_provider: 114,
  },
  dba0dca: {
    fair_provider: 173.5,
    patient_provider: 135.5,
    adaptive_seeker: 144.7,
    greedy_seeker: 114.6,
    greedy_provider: 111.8,
  },
};

/** Section 11, defects 2 and 6: over 20 runs of 872b0e1. */
export const TOURNAMENT_DEALS = { total: 455, greedyProvider: 320, fallThroughs: 148 } as const;

export interface ScarcityOf {
  deals: number;
  messages: number;
  adaptive: number;
  greedy: number;
  adaptivePerUnit: number;
  greedyPerUnit: number | null;
}

/** Sections 8 and 12: 200 negotiations each; credits a unit. */
export const SCARCITY_OF: Readonly<Record<Commit, ScarcityOf>> = {
  '872b0e1': {
    deals: 8,
    messages: 948,
    adaptive: 8,
    greedy: 0,
    adaptivePerUnit: 1,
    greedyPerUnit: null,
  },
  dba0dca: {
    deals: 20,
    messages: 1169,
    adaptive: 13,
    greedy: 7,
    adaptivePerUnit: 0.5,
    greedyPerUnit: 0.56,
  },
};

/** Section 8: deals a negotiation, and credits a unit, before, in and after the rush. */
export const RUSH_HOUR_OF: Readonly<
  Record<Commit, readonly { phase: string; dealRate: number; pricePerUnit: number }[]>
> = {
  '872b0e1': [
    { phase: 'before', dealRate: 0.65, pricePerUnit: 0.68 },
    { phase: 'rush', dealRate: 0.5, pricePerUnit: 0.74 },
    { phase: 'after', dealRate: 0.4, pricePerUnit: 0.64 },
  ],
  dba0dca: [
    { phase: 'before', dealRate: 0.7, pricePerUnit: 0.68 },
    { phase: 'rush', dealRate: 0.5, pricePerUnit: 0.72 },
    { phase: 'after', dealRate: 0.4, pricePerUnit: 0.61 },
  ],
};

export interface TrustOf {
  /** Early, middle and late; the windows are those of trust-fall's rows. */
  reputation: readonly number[];
  deals: readonly number[];
  wealth: number;
}

/** Section 8. The later version equals the earlier one for the open cheater. */
export const TRUST_ALWAYS: TrustOf & { incidents: number; budget: number; units: number } = {
  reputation: [0.296, 0, 0],
  deals: [9, 4, 3],
  wealth: 325,
  incidents: 35,
  budget: 220,
  units: 105,
};

export const TRUST_SUBTLE: Readonly<Record<Commit, TrustOf>> = {
  '872b0e1': { reputation: [0.665, 0.871, 0.999], deals: [18, 19, 20], wealth: 146.2 },
  dba0dca: { reputation: [0.665, 0.951, 0.999], deals: [18, 19, 20], wealth: 149.8 },
};
