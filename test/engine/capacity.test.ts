// Slots and time: what fits, what is free, and that no two ever have the same slot at once.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Credits } from '../../core/engine/base/credits.ts';
import {
  findSlots,
  freeAt,
  giveUp,
  mismatch,
  priceFloor,
  reservedSlots,
  slotsFree,
  take,
} from '../../core/engine/market/capacity.ts';
import type { Resource } from '../../core/engine/market/state.ts';
import type { Need } from '../../core/engine/protocol/need.ts';
import { c, Table } from './kit.ts';

const resource = (slots: number, more: Partial<Resource> = {}): Resource => ({
  id: 'res_000000001',
  ownerId: 'agt_000000001',
  kind: 'gpu',
  model: 'NVIDIA H100 PCIe',
  vramBytes: 80,
  memoryBytes: null,
  reservePrice: 0 as Credits,
  simulated: true,
  paused: false,
  epoch: 0,
  slots: Array.from({ length: slots }, () => []),
  ...more,
});

suite('slots', () => {
  const claim = fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    from: fc.nat(60),
    length: fc.integer({ min: 1, max: 20 }),
    gone: fc.boolean(),
  });

  test('found slots are free by brute force, and found whenever there are enough', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(claim, { maxLength: 25 }),
        (size, claims) => {
          const r = resource(size);
          const row = (): (string | null)[] => Array.from({ length: 100 }, () => null);
          const grid = Array.from({ length: size }, row);
          claims.forEach(({ count, from, length, gone }, i) => {
            const to = from + length;
            const found = findSlots(r, count, from, to, size);
            const free = grid.flatMap((slot, n) =>
              slot.slice(from, to).every((by) => by === null) ? [n] : [],
            );
            assert.deepEqual(found, free.length >= count ? free.slice(0, count) : null);
            if (found === null) return;
            const by = `c${i}`;
            const taken = { resourceId: r.id, slots: found, from, to };
            take(r, taken, by);
            for (const n of found) grid[n]?.fill(by, from, to);
            assert.ok(slotsFree(r, taken, by), 'the holder’s own claim is no obstacle');
            assert.ok(!slotsFree(r, taken, 'other'));
            if (!gone) return;
            giveUp(r, taken, by);
            for (const n of found) grid[n]?.fill(null, from, to);
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  test('ends touch beginnings without overlapping', () => {
    const r = resource(1);
    take(r, { resourceId: r.id, slots: [0], from: 10, to: 20 }, 'a');
    assert.deepEqual(findSlots(r, 1, 20, 30, 1), [0]);
    assert.deepEqual(findSlots(r, 1, 5, 10, 1), [0]);
    assert.equal(findSlots(r, 1, 19, 21, 1), null);
    assert.equal(freeAt(r, 1, 5, 12, 1), 20);
    assert.equal(freeAt(r, 1, 5, 2, 1), 2);
    assert.equal(freeAt(r, 2, 5, 2, 1), null);
  });
});

test('a refusal stays cheap, however many claims there are', () => {
  const r = resource(1024);
  for (let i = 0; i < 20; i++) {
    const slots = r.slots.map((_, slot) => slot);
    take(r, { resourceId: r.id, slots, from: 10 * i, to: 10 * i + 10 }, `c${i}`);
  }
  const startedAt = performance.now();
  for (let i = 0; i < 100; i++) assert.equal(freeAt(r, 1, 5, 0, 1024), null);
  assert.ok(performance.now() - startedAt < 100);
});

suite('what fits a need', () => {
  const base: Need = { kind: 'gpu', count: 2, durationMs: 1000 };
  const cases: [string, Partial<Need>, Partial<Resource>, string | undefined][] = [
    ['kind and count', {}, {}, undefined],
    ['another kind', { kind: 'cpu' }, {}, 'need.kind'],
    ['a word of the model', { model: 'h100' }, {}, undefined],
    ['words of the model in any order', { model: 'PCIe H100' }, {}, undefined],
    ['another model', { model: 'A100' }, {}, 'need.model'],
    ['a model where none is known', { model: 'H100' }, { model: null }, 'need.model'],
    ['more slots than there are', { count: 5 }, {}, 'need.count'],
    ['enough video memory', { vramBytes: 80 }, {}, undefined],
    ['too little video memory', { vramBytes: 81 }, {}, 'need.vramBytes'],
    ['unknown video memory is not enough', { vramBytes: 1 }, { vramBytes: null }, 'need.vramBytes'],
    ['unknown memory is not enough', { memoryBytes: 1 }, {}, 'need.memoryBytes'],
  ];
  for (const [name, need, more, field] of cases) {
    test(name, () => assert.equal(mismatch(resource(4, more), { ...base, ...need })?.field, field));
  }
});

suite('floors and reserves', () => {
  test('a floor is per slot and hour, rounded up, and saturates', () => {
    assert.equal(priceFloor(c(36), 2, 1000), c(0.02));
    assert.equal(priceFloor(1 as Credits, 1, 1), 1);
    assert.equal(priceFloor(0 as Credits, 1024, 1), 0);
    assert.equal(priceFloor(1e15 as Credits, 1024, 604_800_000), Number.MAX_SAFE_INTEGER);
  });

  test('a reserve price at the end of its range refuses, and stops nobody', () => {
    const t = new Table().people('ann bob');
    const resourceId = t.resource('bob', 1024, { reservePrice: 1e15 as Credits });
    const need = { kind: 'cpu', count: 1024, durationMs: 604_800_000 } as const;
    const cfpId = t.need('ann', { need, maxPrice: c(1_000_000_000) });
    const body = { price: c(1_000_000_000), resourceId };
    assert.equal(t.no('bob', { type: 'propose', cfpId, body }).code, 'below-reserve-price');
  });

  test('the reserved share is rounded down', () => {
    assert.deepEqual(
      [0, 0.24, 0.25, 0.5, 1].map((p) => reservedSlots(resource(4), p)),
      [0, 0, 1, 2, 4],
    );
  });

  test('slots of the priority reserve are for system agents', () => {
    const t = new Table().people('ann bob');
    const { agentId } = t.ok('operator', {
      type: 'register-agent',
      kind: 'agent',
      body: { name: 'root', system: true },
    });
    t.ok('operator', { type: 'set-policy', body: { priorityReserve: 0.5 } });
    const resourceId = t.resource('bob', 2);
    const [one, two] = [t.need('ann'), t.need('ann')];
    t.propose('bob', one, 1, { resourceId });
    const body = { price: c(1), resourceId };
    const { code, hint } = t.no('bob', { type: 'propose', cfpId: two, body });
    assert.equal(code, 'slot-taken');
    assert.match(hint ?? '', /free in \d+ ms/);
    const system = t.need(agentId ?? '');
    t.propose('bob', system, 1, { resourceId });
    const offer = { resourceId, count: 2, durationMs: 1000 };
    const open = { type: 'open-cfp', body: { offer, replyByMs: 500 } } as const;
    assert.equal(t.no('bob', open).code, 'slot-taken', 'nor can they be offered');
  });
});
