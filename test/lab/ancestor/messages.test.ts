// Goal: all ten types of message do something: each is sent, and each is acted on by its receiver.
// Method: the six experiments under our rules and the reference system's; deals by hand in which
// goods, money and promises are looked at after every message.
// Check: ten types sent and handled, none lost; the reference system's four, and whom it does not
// tell; an allocate fills the seller's pool or is refused, a release empties it, a default pays.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../../../core/engine/base/rng.ts';
import { type Agent, createAgent, type Strategy } from '../../../core/lab/ancestor/agent.ts';
import {
  createPost,
  MESSAGE_TYPES,
  type MessageType,
  sumTraffic,
} from '../../../core/lab/ancestor/message.ts';
import { allHandled, type MessageRow } from '../../../core/lab/ancestor/modes.ts';
import { roleAwareFair } from '../../../core/lab/ancestor/role-aware/characters.ts';
import { type Conduct, roleAwareRules } from '../../../core/lab/ancestor/role-aware/rules.ts';
import { createSimulator, setNeeds } from '../../../core/lab/ancestor/simulator.ts';
import { accept } from '../../../core/lab/ancestor/strategies/terms.ts';
import { units } from '../../../core/lab/ancestor/units.ts';
import type { Settings } from '../../../core/lab/experiment.ts';
import { ANCESTOR_GROUPS, groupOf } from '../../../core/lab/groups.ts';
import { initialSettings } from '../../../core/lab/settings.ts';

const SIX = Object.keys(ANCESTOR_GROUPS).flatMap((word) => groupOf(word) ?? []);

/** Messages of all six experiments together. */
function trafficOf(settings: Settings): MessageRow[] {
  const all = SIX.flatMap((experiment) => {
    const quick = experiment.name === 'trust-fall' ? { runs: 1 } : {};
    const given = { ...initialSettings(experiment.settings), ...quick, ...settings };
    return experiment.run(1, given, null).results.messages as MessageRow[];
  });
  return MESSAGE_TYPES.map((type) => {
    const rows = all.filter((row) => row.type === type);
    const sum = (of: 'sent' | 'handled') => rows.reduce((total, row) => total + row[of], 0);
    return { type, sent: sum('sent'), handled: sum('handled') };
  });
}

const typesWith = (rows: readonly MessageRow[], of: 'sent' | 'handled'): MessageType[] =>
  rows.filter((row) => row[of] > 0).map(({ type }) => type);

test('ours sends all ten, and each is acted on', () => {
  const rows = trafficOf({ mode: 'haggle' });
  assert.equal(SIX.length, 6);
  assert.deepEqual(typesWith(rows, 'sent'), [...MESSAGE_TYPES]);
  assert.equal(allHandled(rows).ok, true);
});

test('theirs sends four, and tells nobody of an accept until its later version', () => {
  const four: MessageType[] = ['request', 'counter', 'accept', 'reject'];
  const early = trafficOf({ mode: 'compat', commit: '872b0e1' });
  // Its broker asks and gets no answer.
  assert.deepEqual(typesWith(early, 'sent'), [...four, 'query_reputation']);
  assert.deepEqual(typesWith(early, 'handled'), ['request', 'counter']);
  assert.equal(allHandled(early).ok, false);
  const late = trafficOf({ mode: 'compat', commit: 'dba0dca' });
  assert.deepEqual(typesWith(late, 'handled'), four);
});

test('a message is handled once, and only after it was sent', () => {
  const post = createPost();
  const asked = post.send('a', 'b', { type: 'query_reputation', payload: {} });
  const before = post.traffic();
  post.handled(asked);
  assert.throws(() => post.handled(asked), /query_reputation 00000000 does not wait/);
  assert.throws(() => post.handled({ ...asked, id: 'ffffffff' }));
  assert.deepEqual(before.query_reputation, { sent: 1, handled: 0 });
  assert.deepEqual(sumTraffic([before, post.traffic()]).query_reputation, { sent: 2, handled: 1 });
});

describe('a deal, message by message', () => {
  const gpu = (gpuHours: number) => units({ gpuHours });
  /** Says yes to any price, whatever it has. */
  const rash: Strategy = {
    name: 'rash',
    initiate: () => null,
    decide: (_self, { payload }) => accept(payload.resource ?? gpu(0), payload.maxPrice ?? 0),
  };

  function deal(seller: Partial<Agent>, breaks: 'nobody' | 'buyer' | 'seller' = 'nobody') {
    const buys = createAgent({
      id: 'buyer',
      resources: gpu(0),
      budget: 20,
      strategy: roleAwareFair(),
    });
    const sells = {
      ...createAgent({ id: 'seller', resources: gpu(15), budget: 5, strategy: roleAwareFair() }),
      ...seller,
    };
    const conduct: Conduct = {
      stakeRate: 0.1,
      settled: () => {},
      breaker: (parties) => (breaks === 'nobody' ? null : parties[breaks]),
    };
    setNeeds([buys, sells], { buyer: gpu(10) });
    const sim = createSimulator([buys, sells], roleAwareRules(conduct), createRng(1));
    const play = () => {
      const { negotiations } = sim.round();
      const [record] = negotiations;
      const holds = [buys, sells].map(({ budget, resources }) => [budget, resources.gpuHours]);
      return {
        types: record?.messages.map(({ type }) => type).join(' '),
        agreed: record?.agreed,
        reason: record?.reason,
        holds,
      };
    };
    return { play, sim };
  }

  test('is set aside, delivered and paid', () => {
    assert.deepEqual(deal({}).play(), {
      types: 'request accept allocate release',
      agreed: true,
      reason: null,
      holds: [
        [10, 10],
        [15, 5],
      ],
    });
  });

  test('is off when the pool does not cover the allocate, and all is free again', () => {
    const { play, sim } = deal({ strategy: rash, resources: gpu(3) });
    const refused = {
      types: 'request accept allocate reject',
      agreed: false,
      reason: 'seller_cannot_deliver',
      holds: [
        [20, 0],
        [5, 3],
      ],
    };
    assert.deepEqual(play(), refused);
    // Money that stayed pledged would make this one fail for another reason.
    assert.deepEqual(play(), refused);
    const { sent, handled } = sim.traffic().allocate;
    assert.deepEqual([sent, handled], [2, 2]);
  });

  test('broken by the seller: no release, and its stake is the default', () => {
    const { play } = deal({}, 'seller');
    const broken = play();
    assert.equal(broken.types, 'request accept allocate default');
    assert.deepEqual(broken.holds, [
      [21, 0],
      [4, 15],
    ]);
    assert.deepEqual([broken.agreed, broken.reason], [false, 'broken']);
    // The goods are back in the pool: otherwise 5 of 15 would be left, too few for 10.
    assert.equal(play().types, 'request accept allocate default');
  });

  test('broken by the buyer: it has paid on release, and its stake too', () => {
    const { types, holds } = deal({}, 'buyer').play();
    assert.equal(types, 'request accept allocate release default');
    assert.deepEqual(holds, [
      [9, 10],
      [16, 5],
    ]);
  });
});
