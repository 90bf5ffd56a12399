// Goal: our bargaining closes every deal that both sides would want, and no other.
// Method: random pairs, parameters, urgencies, purses and turn caps; learners over many deals; the
// sequential test on random histories.
// Check: a deal exactly where the limits overlap, at a price between them; nothing made or lost;
// beliefs that only come together; false alarms below their bound.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../../core/engine/base/rng.ts';
import { createAgent, type Role, type Strategy } from '../../../core/lab/ancestor/agent.ts';
import { createMersenne } from '../../../core/lab/ancestor/mersenne.ts';
import {
  roleAwareAdaptive,
  roleAwareBroker,
  roleAwareFair,
  roleAwareGreedy,
  roleAwarePatient,
} from '../../../core/lab/ancestor/role-aware/characters.ts';
import { convicts, TEST_PLAN } from '../../../core/lab/ancestor/role-aware/evidence.ts';
import { roleAwareRules } from '../../../core/lab/ancestor/role-aware/rules.ts';
import { TRUST_PLAN } from '../../../core/lab/ancestor/role-aware/trust.ts';
import { playTrust } from '../../../core/lab/ancestor/runs.ts';
import { TRUST } from '../../../core/lab/ancestor/set-ups.ts';
import { createSimulator, setNeeds } from '../../../core/lab/ancestor/simulator.ts';
import { totalUnits, units } from '../../../core/lab/ancestor/units.ts';
import { haggleWorld } from '../../../core/lab/ancestor/worlds.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const strategies: fc.Arbitrary<() => Strategy> = fc.oneof(
  between(0.1, 1).map((greed) => () => roleAwareGreedy(greed)),
  between(0, 0.6).map((tolerance) => () => roleAwareFair(tolerance)),
  between(0, 1).map((patience) => () => roleAwarePatient(patience)),
  between(0.1, 3).map((belief) => () => roleAwareAdaptive(belief)),
  between(0, 0.5).map((commission) => () => roleAwareBroker(commission)),
);
const sides = fc.record({ strategy: strategies, urgency: between(0, 1) });

/** One negotiation of 10 GPU hours. */
function meet(
  buying: { strategy: Strategy; urgency: number; budget: number },
  selling: { strategy: Strategy; urgency: number },
  turnsMax: number,
) {
  const need = units({ gpuHours: 10 });
  const buyer = createAgent({ id: 'buyer', resources: units({}), ...buying });
  const seller = createAgent({ id: 'seller', resources: need, budget: 0, ...selling });
  const limit = (role: Role) => {
    const self = role === 'buyer' ? buyer : seller;
    const talk = { role, partner: '', bundle: need, turn: 0, turnsMax };
    return self.strategy.limit?.(self, talk) ?? NaN;
  };
  const limits = { buyer: limit('buyer'), seller: limit('seller') };
  setNeeds([buyer, seller], { buyer: need });
  const sim = createSimulator([buyer, seller], roleAwareRules(), createRng(1), turnsMax);
  return { record: sim.round().negotiations[0], limits, buyer, seller };
}

describe('one negotiation', () => {
  test('closes exactly where the limits overlap, between them', () => {
    fc.assert(
      fc.property(sides, sides, between(0.5, 40), fc.nat(9), (buys, sells, budget, turns) => {
        const buying = { strategy: buys.strategy(), urgency: buys.urgency, budget };
        const selling = { strategy: sells.strategy(), urgency: sells.urgency };
        const { record, limits, buyer, seller } = meet(buying, selling, turns + 1);
        assert.ok(record);
        assert.equal(record.agreed, limits.buyer >= limits.seller, record.reason ?? '');
        if (record.agreed) {
          assert.ok(record.price <= limits.buyer && record.price >= limits.seller);
        } else {
          assert.ok(record.reason === 'too_expensive' || record.reason === 'cannot_afford');
        }
        assert.ok(buyer.budget >= 0 && Math.abs(buyer.budget + seller.budget - budget) < 1e-9);
        assert.equal(totalUnits(buyer.resources) + totalUnits(seller.resources), 10);
      }),
      { numRuns: 400 },
    );
  });

  test('urgency moves the price: a buyer pays more, a seller takes more', () => {
    const price = (buyer: number, seller: number) => {
      const make = () => roleAwareGreedy();
      const buying = { strategy: make(), urgency: buyer, budget: 100 };
      return meet(buying, { strategy: make(), urgency: seller }, 8).record?.price ?? NaN;
    };
    const dear = [price(0.5, 0.1), price(1, 0.1), price(1, 0.9)];
    assert.deepEqual(
      dear,
      dear.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(dear).size, 3);
  });

  test('a buyer without money stays out after three tries', () => {
    const need = units({ gpuHours: 10 });
    const fair = () => ({ strategy: roleAwareFair() });
    const buyer = createAgent({ id: 'buyer', resources: units({}), budget: 2, ...fair() });
    const seller = createAgent({ id: 'seller', resources: need, budget: 0, ...fair() });
    const sim = createSimulator([buyer, seller], roleAwareRules(), createRng(1));
    setNeeds(sim.agents, { buyer: need });
    const tried = Array.from({ length: 6 }, () => sim.round().negotiations.length);
    assert.deepEqual(tried, [1, 1, 1, 0, 0, 0]);
    buyer.budget = 12;
    assert.equal(sim.round().metrics.dealsMade, 1);
  });
});

test('two learners only come together, whatever they start from', () => {
  fc.assert(
    fc.property(between(0.2, 3), between(0.2, 3), (low, high) => {
      const need = units({ gpuHours: 5 });
      const rich = { resources: units({}), budget: 1e6 };
      const buyer = createAgent({ id: 'buyer', ...rich, strategy: roleAwareAdaptive(low) });
      const stock = { resources: units({ gpuHours: 1e6 }), budget: 0 };
      const seller = createAgent({ id: 'seller', ...stock, strategy: roleAwareAdaptive(high) });
      const sim = createSimulator([buyer, seller], roleAwareRules(), createRng(1), 8);
      setNeeds(sim.agents, { buyer: need });
      const deals = Array.from({ length: 120 }, () => sim.round()).flatMap(({ negotiations }) =>
        negotiations.filter(({ agreed }) => agreed),
      );
      const prices = deals.map(({ price }) => price / 5);
      const [least, most] = [Math.min(low, high), Math.max(low, high)];
      assert.ok(prices.every((price) => price >= least - 1e-9 && price <= most + 1e-9));
      const end = prices.slice(-20);
      assert.ok(end.length === 20 && Math.max(...end) - Math.min(...end) < 1e-3 * most);
    }),
    { numRuns: 60 },
  );
});

describe('the sequential test', () => {
  test('two broken deals convict a newcomer, one does not', () => {
    assert.equal(convicts({ kept: 0, broken: 1 }), false);
    assert.equal(convicts({ kept: 0, broken: 2 }), true);
    assert.equal(convicts({ kept: 1000, broken: 2 }), false);
  });

  test('convicts fewer honest agents than its bound, looking after every deal', () => {
    const dice = createMersenne(7);
    const agents = 2000;
    let wronged = 0;
    for (let i = 0; i < agents; i++) {
      const counts = { kept: 0, broken: 0 };
      let convicted = false;
      for (let deal = 0; deal < 500 && !convicted; deal++) {
        counts[dice.unit() < TEST_PLAN.honest ? 'broken' : 'kept']++;
        convicted = convicts(counts);
      }
      if (convicted) wronged++;
    }
    // Three standard errors above the bound.
    const share = TEST_PLAN.falseAlarm;
    assert.ok(
      wronged / agents < share + 3 * Math.sqrt((share * (1 - share)) / agents),
      `${wronged}`,
    );
  });

  test('catches most of those who cheat in 5 % of their deals, who gain nothing', () => {
    const world = haggleWorld({ ...TRUST_PLAN, mishap: TEST_PLAN.honest });
    const runs = Array.from({ length: 30 }, (_, seed) => playTrust(world, TRUST.subtle, seed));
    const caught = runs.filter(({ isolatedAt }) => isolatedAt !== null).length;
    assert.ok(caught >= 20, `${caught} of 30`);
    assert.ok(runs.every(({ cheatGain }) => cheatGain <= 0));
  });
});
