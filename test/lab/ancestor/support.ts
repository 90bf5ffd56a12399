// The reference system's recorded runs, and ours in the same form.
import fs from 'node:fs';
import path from 'node:path';
import { type Agent, netWorth } from '../../../core/lab/ancestor/agent.ts';
import { priceOf } from '../../../core/lab/ancestor/message.ts';
import type { Commit, Incident } from '../../../core/lab/ancestor/reference-rules.ts';
import type { Handshake, Run } from '../../../core/lab/ancestor/runs.ts';
import { totalUnits } from '../../../core/lab/ancestor/units.ts';

type Row = [
  buyer: string,
  seller: string,
  agreed: 0 | 1,
  price: number,
  rounds: number,
  sent: number,
];

interface GoldenRun {
  rounds: Row[][];
  final: Record<string, [number, number, Record<string, number>]>;
}

interface GoldenTrust extends GoldenRun {
  avg_reputation: number[];
  cheater_deals: number[];
  defaults: Incident[];
}

interface GoldenPair {
  agreed: boolean;
  price: number;
  rounds: number;
  messages: [string, string, number | null, string | null][];
}

export interface Golden {
  matrix: Record<string, GoldenPair>;
  matrix_seller_budget_20: Record<string, GoldenPair>;
  convergence_prices: number[];
  scarcity_seed42: GoldenRun;
  rush_hour_seed42: GoldenRun;
  tournament_net_worth_by_seed: Record<string, number>[];
  trust_always_seed42: GoldenTrust;
  trust_5pct_seed123: GoldenTrust;
}

const FOLDER = path.join(import.meta.dirname, '../../../../shared/golden');

/** Why the recorded runs cannot be compared with; false where they can. */
export const noGolden: string | false = fs.existsSync(FOLDER)
  ? false
  : 'the recorded runs are not beside this repository';

export function golden(commit: Commit): Golden {
  const text = fs.readFileSync(path.join(FOLDER, `seed-${commit}.json`), 'utf8');
  return JSON.parse(text) as Golden;
}

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

export function pairOf({ record }: Handshake): GoldenPair | null {
  return (
    record && {
      agreed: record.agreed,
      price: rounded(record.price, 10),
      rounds: record.rounds,
      messages: record.messages.map((message) => {
        const { sender, type, payload } = message;
        return [sender, type, priceOf(message), payload.reason ?? null];
      }),
    }
  );
}

export function runOf({ rounds, agents }: Run): GoldenRun {
  return {
    rounds: rounds.map(({ negotiations }) =>
      negotiations.map(({ buyer, seller, agreed, price, rounds: turns, messages }): Row => {
        return [buyer, seller, agreed ? 1 : 0, rounded(price, 10), turns, messages.length];
      }),
    ),
    final: Object.fromEntries(agents.map((agent) => [agent.id, stateOf(agent)])),
  };
}

function stateOf({ budget, resources, reputations }: Agent): GoldenRun['final'][string] {
  const views = [...reputations].map(([peer, view]) => [peer, rounded(view, 9)]);
  return [rounded(budget, 9), rounded(totalUnits(resources), 9), Object.fromEntries(views)];
}

export const worthsOf = ({ agents }: Run): Record<string, number> =>
  Object.fromEntries(agents.map((agent) => [agent.id, rounded(netWorth(agent), 6)]));
