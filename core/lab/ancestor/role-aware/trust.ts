// Trust without a central score: settlement receipts, asked for before every deal, on both sides.
//
// A witness can keep receipts back but not invent any: a receipt bears the marks of both parties.
import type { Agent } from '../agent.ts';
import { choose, type Dice } from '../mersenne.ts';
import { type Message, type Post, reject } from '../message.ts';
import type { Incident } from '../reference-rules.ts';
import { type Negotiation, newRecord, type Rules } from '../simulator.ts';
import { totalUnits } from '../units.ts';
import type { Parties } from './escrow.ts';
import {
  type Counts,
  createEvidence,
  type Evidence,
  TEST_PLAN,
  type TestPlan,
} from './evidence.ts';
import { roleAwareRules } from './rules.ts';

export interface TrustPlan {
  test: TestPlan;
  /** Share of the price that each side loses to the other when it breaks a deal. */
  stakeRate: number;
  /** Probability that an honest seller fails by accident. */
  mishap: number;
}

export const TRUST_PLAN: TrustPlan = { test: TEST_PLAN, stakeRate: 0.1, mishap: 0 };

const isHonest = ({ strategy }: Agent): boolean => strategy.cheatRate === undefined;

/** Witnesses that one side asks before a deal. */
const WITNESSES_MAX = 8;

export interface Trust {
  rules: Rules;
  incidents: Incident[];
  /** Honest agents that would refuse this one if they met it now. */
  refusedBy(suspect: string): string[];
}

export function roleAwareTrust(
  agents: readonly Agent[],
  dice: Dice,
  plan: TrustPlan = TRUST_PLAN,
): Trust {
  const incidents: Incident[] = [];
  const evidence = createEvidence(plan.test);
  const rules = roleAwareRules({
    stakeRate: plan.stakeRate,
    breaker: (parties) => breakerOf(parties, dice, plan.mishap),
    settled: (parties, record, breaker) => {
      const { buyer, seller } = parties;
      if (breaker !== buyer) evidence.record(buyer.id, seller.id, breaker === null);
      if (breaker !== seller) evidence.record(seller.id, buyer.id, breaker === null);
      if (breaker) incidents.push(incidentOf(parties, record, breaker));
    },
  });
  return {
    incidents,
    refusedBy: (suspect) => {
      const others = agents.filter(({ id }) => id !== suspect);
      const would = ({ id: judge }: Agent) => {
        const witnesses = others.filter(({ id }) => id !== judge);
        return evidence.weigh(
          judge,
          suspect,
          witnesses.map(({ id }) => evidence.seen(id, suspect)),
        );
      };
      return others.filter((one) => isHonest(one) && would(one)).map(({ id }) => id);
    },
    rules: {
      ...rules,
      partners: (buyer, sellers) =>
        rules.partners(buyer, sellers).filter(({ id }) => !evidence.refuses(buyer.id, id)),
      negotiate: (buyer, seller, bundle, moment) => {
        const record = newRecord(buyer, seller, bundle, moment.round);
        const ask = (judge: Agent, suspect: Agent) =>
          investigate(judge, suspect, agents, dice, evidence, moment.post);
        const asked = [...ask(buyer, seller), ...ask(seller, buyer)];
        record.messages.push(...asked);
        if (evidence.refuses(buyer.id, seller.id)) return { ...record, reason: 'not_opened' };
        if (evidence.refuses(seller.id, buyer.id)) {
          const refusal = moment.post.send(seller.id, buyer.id, reject('low_reputation'));
          // The buyer acts on it by not opening.
          moment.post.handled(refusal);
          record.messages.push(refusal);
          return { ...record, reason: 'low_reputation' };
        }
        const talked = rules.negotiate(buyer, seller, bundle, moment);
        talked?.messages.unshift(...asked);
        return talked;
      },
    },
  };
}

/** The seller is looked at first, and one draw is made for each deal with a cheater. */
function breakerOf({ buyer, seller }: Parties, dice: Dice, mishap: number): Agent | null {
  const cheat = [seller, buyer].find(({ strategy }) => strategy.cheatRate !== undefined);
  if (cheat && dice.unit() < (cheat.strategy.cheatRate ?? 0)) return cheat;
  return mishap > 0 && seller !== cheat && dice.unit() < mishap ? seller : null;
}

function incidentOf({ buyer, seller }: Parties, record: Negotiation, breaker: Agent): Incident {
  const { round, price } = record;
  const victim = breaker === seller ? buyer.id : seller.id;
  return { round, cheater: breaker.id, victim, resource: totalUnits(record.resource), price };
}

/** Asks witnesses what they have seen of the suspect, and judges. Cheaters do not care. */
function investigate(
  judge: Agent,
  suspect: Agent,
  agents: readonly Agent[],
  dice: Dice,
  evidence: Evidence,
  post: Post,
): Message[] {
  if (!isHonest(judge)) return [];
  const others = agents.filter((one) => one !== judge && one !== suspect);
  while (others.length > WITNESSES_MAX) others.splice(others.indexOf(choose(dice, others)), 1);
  const exchanges = others.map((witness) => {
    const query = { query: 'receipts', about: suspect.id };
    const asked = post.send(judge.id, witness.id, { type: 'query_reputation', payload: query });
    return { asked, told: testify(asked, evidence, post) };
  });
  const told = exchanges.map(({ told: { payload } }): Counts => {
    return { kept: payload.kept ?? 0, broken: payload.broken ?? 0 };
  });
  evidence.weigh(judge.id, suspect.id, told);
  for (const one of exchanges) post.handled(one.told);
  return exchanges.flatMap((one) => [one.asked, one.told]);
}

/** What a witness does with a query: it answers with the receipts that it has. */
function testify(asked: Message, evidence: Evidence, post: Post): Message {
  const about = asked.payload.about ?? '';
  const payload = { about, ...evidence.seen(asked.receiver, about) };
  post.handled(asked);
  return post.reply(asked, { type: 'reputation_response', payload });
}
