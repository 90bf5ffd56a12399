// A journal that was written once replays to the same state for ever. If this fails, a change to
// the engine makes old ledgers mean something else: mend that, or migrate and run make.ts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { GENESIS, link } from '../../core/engine/base/chain.ts';
import { canonical, restoreFrom } from '../../core/engine/market/canon.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { LEASE_HOWS, WHY_UNAWARDED } from '../../core/engine/market/events.ts';
import { createMarket } from '../../core/engine/market/state.ts';
import { fold, golden, journals, sha256 } from './golden.ts';

const MAKE = 'test/golden/make.ts';

for (const { name, texts } of journals()) {
  suite(`the journal of ${name}`, () => {
    const expected = golden(name);

    test('is chained to its recorded head', () => {
      let head = GENESIS;
      for (const text of texts) head = link(sha256, head, text);
      assert.deepEqual([texts.length, head], [expected.events, expected.head]);
    });

    test('replays to its recorded state', () => {
      assert.equal(fold(texts), expected.stateHash, `on purpose? node ${MAKE} --rehash`);
    });

    test('replays to it from a snapshot anywhere', () => {
      for (let i = 1; i < texts.length; i += 37) {
        const m = createMarket();
        fold(texts.slice(0, i), m);
        m.forgotten = [];
        assert.equal(fold(texts.slice(i), restoreFrom(canonical(m))), expected.stateHash);
      }
    });

    test('stays small', () => {
      const { size } = fs.statSync(path.join(import.meta.dirname, `${name}.jsonl`));
      assert.ok(size < 200_000, `${size} bytes`);
    });
  });
}

test('the newest journal has every type of event and every ending', () => {
  const events = (journals().at(-1)?.texts ?? []).map((text) => JSON.parse(text) as Event);
  assert.deepEqual([...new Set(events.map((e) => e.type))].sort(), EVERY_TYPE);
  const whys = events.flatMap((e) => (e.type === 'call-ended' ? [e.why ?? e.state] : []));
  assert.deepEqual([...new Set(whys)].sort(), ['cancelled', ...WHY_UNAWARDED].sort());
  const hows = events.flatMap((e) => (e.type === 'lease-ended' ? [e.how] : []));
  assert.deepEqual([...new Set(hows)].sort(), [...LEASE_HOWS].sort());
});

/** Keys, so that the compiler counts them too. */
const EVERY_TYPE = Object.keys({
  'agent-registered': 0,
  awarded: 0,
  'bargaining-opened': 0,
  'bidding-closed': 0,
  'budget-set': 0,
  'call-ended': 0,
  'cfp-opened': 0,
  'delegate-set': 0,
  'late-proposal': 0,
  'lease-ended': 0,
  'lease-enforced': 0,
  'lease-reclaiming': 0,
  'lease-renewed': 0,
  'lease-started': 0,
  'market-founded': 0,
  offered: 0,
  'policy-set': 0,
  'proposal-lapsed': 0,
  proposed: 0,
  refused: 0,
  'resource-added': 0,
  'resource-changed': 0,
  'round-closed': 0,
  'window-rolled': 0,
} satisfies Record<Event['type'], 0>);
