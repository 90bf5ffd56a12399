// What the screen says: numbers, times, sentences. Sentences, not codes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../../renderer/words/format.ts';
import { parseCredits, parsePercent, parseSpan, parseWhole } from '../../renderer/words/input.ts';
import { stateSentence, stuckReason } from '../../renderer/words/market.ts';
import { readingWords, valueOrGap } from '../../renderer/words/readings.ts';
import * as say from '../../renderer/words/sentences.ts';
import { agentState, dialogueState } from '../../renderer/words/states.ts';
import { createModel, foldSnapshot } from '../../renderer/mirror/model.ts';
import { agent, agentId, call, cr, lease, proposed, refused } from './records.ts';
import { resource, silent, snapshot, T0 } from './records.ts';

test('credits: at most two decimals on screen, all of them on copy', () => {
  assert.equal(format.credits(cr(1204.5)), '1,204.50');
  assert.equal(format.credits(cr(-3)), '\u22123.00');
  assert.equal(format.credits(-1), '0.00');
  assert.equal(format.creditsShort(cr(8.2)), '8.2');
  assert.equal(format.creditsShort(1), '<0.01');
  assert.equal(format.creditsInWords(cr(1)), '1 credit');
  assert.equal(format.creditsExact(1_234_567), '1.234567 credits');
});

test('spans and times left', () => {
  const spans = [0, 440, 9_960, 61_000, 300_000, 4_800_000, 273_600_000].map(format.span);
  assert.deepEqual(spans, ['0 s', '0.4 s', '10 s', '61 s', '5 min', '80 min', '3 d 4 h']);
  assert.equal(format.left(T0 + 33_100, T0), '34 s');
  assert.equal(format.left(T0 - 1, T0), 'now');
  assert.equal(format.relative(T0 - 12_000, T0), '12 s ago');
  assert.equal(format.relative(T0 + 240_000, T0), 'in 4 min');
  assert.equal(format.bytes(24 * 2 ** 30), '24 GiB');
  assert.equal(format.bytes(96.4 * 2 ** 20), '96 MiB');
});

test('why a proposal lost, and what would have won', () => {
  const loss = (reason: string, price: number | null, delay: number | null = null) =>
    ({ reason, price: price === null ? null : cr(price), startDelayMs: delay }) as Parameters<
      typeof say.lossSentence
    >[0];
  const need = (...args: Parameters<typeof loss>) => say.lossSentence(loss(...args), 'need');
  assert.equal(need('price', 5), 'Lost on price: 5 credits less would have won.');
  assert.equal(
    say.lossSentence(loss('price', 5), 'offer'),
    'Lost on price: 5 credits more would have won.',
  );
  assert.equal(need('price', null), 'Lost on price.');
  assert.equal(need('above-max-price', 3), '3 credits above the manager’s limit.');
  assert.equal(need('starts-too-late', null, 40_000), 'It would have started 40 s too late.');
  assert.equal(need('tie', null), 'Equal to the winner; the draw went the other way.');
});

test('a refusal in the contractor’s own words, else in ours', () => {
  const words = (...args: Parameters<typeof refused>) => {
    const { refusal } = refused(...args);
    return refusal ? say.refusalSentence(refusal) : '';
  };
  assert.equal(
    words(2, 'no-capacity', 'needs 24 GB, 19 GB free until 14:20.'),
    'Refused: needs 24 GB, 19 GB free until 14:20.',
  );
  assert.equal(words(2, 'busy'), 'Refused: it is busy.');
});

test('every part in a call has its sentence', () => {
  const open = call(1);
  assert.equal(say.dialogueSentence(silent(2), open), 'Has not answered yet.');
  assert.equal(
    say.dialogueSentence(silent(2), call(1, { endedAt: T0 })),
    'Did not answer in time.',
  );
  const lapsed = proposed(2, 5, { state: 'lapsed' });
  assert.match(say.dialogueSentence(lapsed, open), /lapsed/u);
  assert.equal(dialogueState({ ...lapsed, state: 'rejected' }).word, 'Lapsed');
  const loss = { reason: 'price', price: cr(5), startDelayMs: null } as const;
  const [lost, won] = [proposed(2, 7, { loss }), proposed(3, 4)];
  const ended = call(1, { dialogues: [lost, won], proposalId: won.proposal?.id ?? null });
  assert.equal(
    say.dialogueSentence(lost, ended),
    'Lost on price: 3 credits above the winning bid.',
    'the owner is told the distance itself',
  );
});

test('what a call is about and what it came to', () => {
  const gpu = { kind: 'gpu', count: 4, model: 'H100', durationMs: 1_800_000 } as const;
  assert.equal(
    say.needWords({ ...gpu, vramBytes: 24 * 2 ** 30 }),
    '4 H100 GPU slots for 30 min, 24 GiB each',
  );
  assert.equal(
    say.callSentence(call(1), 'executive-report'),
    'executive-report needs 1 CPU slot for 30 s and pays up to 12.5 credits.',
  );
  const outcome = (more: Parameters<typeof call>[1]) => say.outcomeSentence(call(1, more), T0);
  assert.equal(outcome({}), 'Waiting for proposals; closes in 2 s.');
  assert.equal(outcome({ dialogues: [proposed(2, 5)] }), '1 proposal so far; closes in 2 s.');
  const unawarded = { state: 'unawarded', endedAt: T0 } as const;
  assert.equal(
    outcome({ ...unawarded, why: 'no-proposals', dialogues: [refused(2, 'busy')] }),
    'No award: nobody proposed, 1 contractor refused.',
  );
  assert.equal(
    outcome({ ...unawarded, why: 'all-above-max-price' }),
    'No award: every proposal was above 12.5 credits.',
  );
  assert.equal(
    say.outcomeSentence(call(1, { state: 'awarded' }), T0, lease(1)),
    'Awarded for 8.2 credits.',
  );
});

test('giving back says its price before the click', () => {
  assert.equal(
    say.giveBackSentence(lease(1)),
    'The job gets 5 s to finish; the owner pays 0.5 credits as agreed in the bid. ' +
      'The price of 8.2 credits is released.',
  );
  const free = lease(1, { reclaimWindowMs: 0, penalty: cr(0) });
  assert.match(say.giveBackSentence(free), /^The job is ended at once; no penalty was agreed\./u);
});

test('how a lease stands', () => {
  assert.equal(say.leaseSentence(lease(1), T0 + 2_000), '30 s left.');
  const ended = { at: T0, ending: 'settled', how: 'done', detail: '', charge: cr(8.2) } as const;
  assert.equal(
    say.leaseSentence(lease(1, { ended }), T0),
    'The work was reported done; 8.2 credits charged.',
  );
  assert.equal(say.enforcementWords(lease(1)), 'Ended by process group; memory watched');
});

test('the one sentence of state', () => {
  const model = createModel();
  const sentence = (more: Parameters<typeof snapshot>[0], demo = false): string => {
    foldSnapshot(model, snapshot(more));
    return stateSentence(model, demo);
  };
  assert.equal(
    sentence({ calls: [call(1), call(2, { managerId: agentId(3) })] }),
    'Selling 2 of 2 CPU slots; 2 agents are calling.',
  );
  assert.equal(sentence({}), 'Selling 2 of 2 CPU slots; nobody is calling.');
  assert.equal(sentence({}, true), 'Selling 2 of 2 CPU slots; the agents are resting.');
  const paused = [resource(1, { paused: true })];
  assert.equal(sentence({ resources: paused }), 'Selling is paused; nobody is calling.');
  assert.equal(
    sentence({ resources: [], agents: [agent(9, { kind: 'machine' })] }),
    'This machine sells nothing yet; no agent has come yet.',
  );
});

test('stuck: says why, and only when it is', () => {
  assert.equal(stuckReason(call(1), null, T0 + 100), null);
  assert.match(stuckReason(call(1), null, T0 + 5_000) ?? '', /should have closed 3 s ago/u);
  assert.equal(stuckReason(call(1, { dialogues: [proposed(2, 5)] }), null, T0 + 1_900), null);
  const refusedOnce = call(1, { dialogues: [refused(2, 'busy')] });
  assert.match(stuckReason(refusedOnce, null, T0) ?? '', /^The only one asked refused/u);
  const awarded = call(1, { state: 'awarded' });
  assert.equal(stuckReason(awarded, lease(1), T0 + 30_000), null);
  assert.match(stuckReason(awarded, lease(1), T0 + 40_000) ?? '', /should have ended 8 s ago/u);
});

test('an agent without credits says so', () => {
  const budget = {
    amount: cr(10),
    windowMs: 1,
    carryOver: false,
    remaining: cr(0),
    windowEndsAt: T0,
  };
  assert.equal(agentState(agent(1, { budget, posted: cr(0) })).word, 'Out of credits');
  assert.equal(agentState(agent(1, { openCalls: 1 })).word, 'Calling');
  assert.equal(agentState(agent(1)).word, 'Idle');
  assert.equal(agentState(agent(9, { kind: 'machine' })).word, 'Selling');
});

test('an unreadable value is never 0', () => {
  const denied = { ok: false, why: 'denied' } as const;
  assert.equal(readingWords<number>(denied, String), 'not readable: access denied');
  assert.equal(valueOrGap(denied), null);
  assert.equal(valueOrGap({ ok: true, v: 0 }), 0);
});

test('what a person types is read strictly', () => {
  assert.equal(parseCredits('12,5'), 12.5);
  assert.equal(parseCredits('0.0000001'), null);
  for (const text of ['', '-1', '1e3', 'NaN', '12 cr', '99999999999']) {
    assert.equal(parseCredits(text), null, text);
  }
  assert.deepEqual(['2 s', '0.5h', '1 d', '5'].map(parseSpan), [
    2_000,
    1_800_000,
    86_400_000,
    null,
  ]);
  assert.deepEqual(['25', '12.5 %', '101', '-1'].map(parsePercent), [0.25, 0.125, null, null]);
  assert.deepEqual(
    ['0', '7', '8', '1.5'].map((one) => parseWhole(one, 0, 7)),
    [0, 7, null, null],
  );
});
