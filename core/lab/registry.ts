// Every experiment of the lab. A new one is an import and an entry.
import type { Experiment } from './experiment.ts';
import { alternatingOffers } from './experiments/alternating-offers.ts';
import { auction } from './experiments/auction.ts';
import { broker } from './experiments/broker.ts';
import { coalition } from './experiments/coalition.ts';
import { convergence } from './experiments/convergence.ts';
import { environments } from './experiments/environments.ts';
import { futures } from './experiments/futures.ts';
import { handshake } from './experiments/handshake.ts';
import { mixedCompany } from './experiments/mixed-company.ts';
import { monotonicConcession } from './experiments/monotonic-concession.ts';
import { protocolChoice } from './experiments/protocol-choice.ts';
import { qLearning } from './experiments/q-learning.ts';
import { rushHour } from './experiments/rush-hour.ts';
import { scarcity } from './experiments/scarcity.ts';
import { strategies } from './experiments/strategies.ts';
import { sweeps } from './experiments/sweeps.ts';
import { tournament } from './experiments/tournament.ts';
import { trace } from './experiments/trace.ts';
import { trustFall } from './experiments/trust-fall.ts';

/** In the order in which they are listed: bargaining, auctions, then whole markets. */
export const EXPERIMENTS: readonly Experiment[] = [
  alternatingOffers,
  monotonicConcession,
  protocolChoice,
  auction,
  strategies,
  qLearning,
  coalition,
  futures,
  mixedCompany,
  broker,
  trace,
  handshake,
  convergence,
  scarcity,
  rushHour,
  trustFall,
  tournament,
  sweeps,
  environments,
];

/** The experiment of that name, or null. */
export const experimentOf = (name: string): Experiment | null =>
  EXPERIMENTS.find((experiment) => experiment.name === name) ?? null;
