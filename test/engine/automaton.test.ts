// The protocol as a full table: each state with each performative, on paper and through the market.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  AUTOMATON,
  DIALOGUE_STATES,
  type DialogueState,
  legal,
  next,
  type Performative,
  PERFORMATIVES,
} from '../../core/engine/protocol/automaton.ts';
import type { CommandBody } from '../../core/engine/market/commands.ts';
import { Table } from './kit.ts';

// Columns in the order of PERFORMATIVES: cfp, propose, refuse, not-understood, accept-proposal,
// reject-proposal, cancel, inform-done, inform-result, failure. A dot is out of sequence.
const PAPER: Record<DialogueState, string> = {
  silent: 'called . . . . . . . . .',
  called: '. proposed refused refused . rejected cancelled . . .',
  proposed: '. . . refused committed rejected cancelled . . .',
  committed: '. . . . . . cancelled done done failed',
  refused: '. . . . . . . . . .',
  rejected: '. . . . . . . . . .',
  done: '. . . . . . . . . .',
  failed: '. . . . . . . . . .',
  cancelled: '. . . . . . . . . .',
};

suite('the table', () => {
  for (const state of DIALOGUE_STATES) {
    test(`${state}: every performative`, () => {
      const row = PERFORMATIVES.map((p) => next(state, p) ?? '.').join(' ');
      assert.equal(row, PAPER[state]);
      const allowed = PERFORMATIVES.filter((p) => next(state, p) !== null);
      assert.deepEqual(legal(state), allowed);
      assert.deepEqual(Object.keys(AUTOMATON[state]).sort(), [...allowed].sort());
    });
  }

  test('accepting is legal only after proposing, and nothing leads out of an ending', () => {
    const from = DIALOGUE_STATES.filter((s) => next(s, 'accept-proposal') !== null);
    assert.deepEqual(from, ['proposed']);
    const endings = DIALOGUE_STATES.filter((s) => legal(s).length === 0);
    assert.deepEqual(endings, ['refused', 'rejected', 'done', 'failed', 'cancelled']);
  });
});

/** A call of ann's in which bob's dialogue stands in this state, with all ids that it brought. */
function stand(state: DialogueState): { t: Table; ids: Record<string, string> } {
  const t = new Table().people('ann bob cyd');
  const resourceId = t.resource('bob', 4);
  const cfpId = t.need('ann', { award: 'manual', replyByMs: 60_000 });
  const ids: Record<string, string> = {
    resourceId,
    cfpId,
    proposalId: 'prp_000000000',
    leaseId: 'lse_000000000',
  };
  const propose = (more = {}): string => t.propose('bob', cfpId, 3, { resourceId, ...more });
  if (state === 'refused') t.ok('bob', { type: 'refuse', cfpId, body: { reason: 'busy' } });
  if (state === 'rejected') {
    ids.proposalId = propose({ validForMs: 100 });
    t.wait(200);
  }
  if (state === 'cancelled') t.ok('ann', { type: 'cancel', cfpId });
  if (state === 'proposed') ids.proposalId = propose();
  if (['committed', 'done', 'failed'].includes(state)) {
    ids.proposalId = propose();
    ids.leaseId = t.award('ann', cfpId, ids.proposalId);
  }
  if (state === 'done') t.done('bob', ids.leaseId ?? '');
  if (state === 'failed') {
    const body = { epoch: 1, reason: 'broke' };
    t.ok('bob', { type: 'fail', leaseId: ids.leaseId ?? '', body });
  }
  assert.equal(t.call(cfpId).dialogues.get(t.id('bob'))?.state, state);
  return { t, ids };
}

/** How each performative is said to the market, and by whom. */
const SAID: Partial<Record<Performative, (i: Record<string, string>) => [string, CommandBody]>> = {
  propose: ({ cfpId = '', resourceId = '' }) => [
    'bob',
    { type: 'propose', cfpId, body: { price: 3_000_000 as never, resourceId } },
  ],
  refuse: ({ cfpId = '' }) => ['bob', { type: 'refuse', cfpId, body: { reason: 'busy' } }],
  'accept-proposal': ({ cfpId = '', proposalId = '' }) => [
    'ann',
    { type: 'award', cfpId, body: { proposalId } },
  ],
  cancel: ({ cfpId = '' }) => ['ann', { type: 'cancel', cfpId }],
  'inform-done': ({ leaseId = '' }) => ['bob', { type: 'done', leaseId, body: { epoch: 1 } }],
  failure: ({ leaseId = '' }) => [
    'bob',
    { type: 'fail', leaseId, body: { epoch: 1, reason: 'broke' } },
  ],
};

// What an illegal message is answered. A contractor's word out of sequence is not understood; what
// names a thing that is not there, or a call that is over, gets the more telling answer.
const ANSWERS: Record<string, string> = {
  'called accept-proposal': 'not-found',
  'called inform-done': 'not-found',
  'called failure': 'not-found',
  'proposed inform-done': 'not-found',
  'proposed failure': 'not-found',
  'refused accept-proposal': 'not-found',
  'refused inform-done': 'not-found',
  'refused failure': 'not-found',
  'rejected accept-proposal': 'proposal-expired',
  'rejected inform-done': 'not-found',
  'rejected failure': 'not-found',
  'committed accept-proposal': 'already-awarded',
  'done accept-proposal': 'already-awarded',
  'done inform-done': 'lease-ended',
  'done failure': 'lease-ended',
  'done cancel': 'call-closed',
  'failed accept-proposal': 'already-awarded',
  'failed inform-done': 'lease-ended',
  'failed failure': 'lease-ended',
  'failed cancel': 'call-closed',
  'cancelled accept-proposal': 'call-closed',
  'cancelled inform-done': 'not-found',
  'cancelled failure': 'not-found',
  'cancelled cancel': 'call-closed',
};
/** Cancelling a call ends the dialogues that are over as it ends the others: it is the call's word. */
const CALL_STILL_OPEN = new Set(['refused', 'rejected']);

suite('through the market', () => {
  for (const state of DIALOGUE_STATES) {
    if (state === 'silent') continue; // nobody can speak before the call is there
    for (const [word, say] of Object.entries(SAID)) {
      const becomes = next(state, word as Performative);
      const isLegal = becomes !== null || (word === 'cancel' && CALL_STILL_OPEN.has(state));
      test(`${word} when ${state}: ${becomes ?? (isLegal ? 'ends the call' : 'refused')}`, () => {
        const { t, ids } = stand(state);
        const [who, body] = say(ids);
        if (!isLegal) {
          const { code } = t.no(who, body);
          assert.equal(code, ANSWERS[`${state} ${word}`] ?? 'not-understood');
          return;
        }
        t.ok(who, body);
        const now = t.call(ids.cfpId ?? '').dialogues.get(t.id('bob'))?.state;
        const rejected = word === 'cancel' && state === 'proposed';
        assert.equal(now, rejected ? 'rejected' : (becomes ?? state));
      });
    }
  }

  test('a stranger may answer an open call, and only once', () => {
    const { t, ids } = stand('called');
    const refuse = { type: 'refuse', cfpId: ids.cfpId ?? '', body: { reason: 'busy' } } as const;
    t.ok('cyd', refuse);
    const { code, hint } = t.no('cyd', refuse);
    assert.equal(code, 'not-understood');
    assert.match(hint ?? '', /nothing, the dialogue has ended/);
  });
});
