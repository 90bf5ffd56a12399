// Goal: one negotiation can be read message by message.
// Method: the experiment `trace` under both rules, with and without a broken deal.
// Check: the seven fields of each message, the published trace word for word, replies that swap
// ends. Planted faults: a message twice, one out of order, a reply that keeps the ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPost } from '../../core/lab/ancestor/message.ts';
import type { WireMessage } from '../../core/lab/ancestor/wire.ts';
import { BadInput, type Settings } from '../../core/lab/experiment.ts';
import { formChecks, trace } from '../../core/lab/experiments/trace.ts';
import { runByName } from '../../core/lab/run.ts';

const FIELDS = ['type', 'sender', 'receiver', 'payload', 'id', 'timestamp', 'reply_to'];

function traced(fields: Settings) {
  const { results, checks } = runByName('trace', 1, fields, null);
  assert.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
  );
  return { ...results, rows: results.rows as WireMessage[], checks };
}

test('the published trace, field by field', () => {
  const { rows, checks } = traced({ mode: 'compat' });
  const resource = { gpu_hours: 10, cpu_hours: 0, memory_gb_hours: 0 };
  const said = [
    ['request', 'buyer', { max_price: 11.5, urgency: 0.7, resource }],
    ['counter', 'seller', { price: 13, resource }],
    ['counter', 'buyer', { price: 11.5, resource }],
    ['reject', 'seller', { reason: 'too_expensive' }],
  ] as const;
  const expected = said.map(([type, sender, payload], i): WireMessage => {
    const receiver = sender === 'buyer' ? 'seller' : 'buyer';
    const reply_to = i === 0 ? null : `0000000${i - 1}`;
    return { type, sender, receiver, payload, id: `0000000${i}`, timestamp: i, reply_to };
  });
  assert.deepEqual(rows, expected);
  assert.ok(checks.some(({ name }) => name === 'trace of fair->greedy'));
});

test('ours asks a witness first, and ends with the delivery or the default', () => {
  const pair = { buyer: 'patient', seller: 'greedy' };
  const types = (breaks: string) => traced({ ...pair, breaks }).rows.map(({ type }) => type);
  const kept = types('nobody');
  const asked = ['query_reputation', 'reputation_response'];
  assert.deepEqual(kept.slice(0, 6), [...asked, ...asked, 'request', 'offer']);
  assert.deepEqual(kept.slice(-3), ['accept', 'allocate', 'release']);
  assert.deepEqual(types('seller').slice(-3), ['accept', 'allocate', 'default']);
  assert.deepEqual(types('buyer').slice(-3), ['allocate', 'release', 'default']);
});

test('every pair under every rule is well formed', () => {
  const options = trace.settings.flatMap((one) =>
    one.name === 'buyer' && 'options' in one ? one.options : [],
  );
  assert.equal(options.length, 5);
  for (const mode of ['compat', 'haggle']) {
    for (const buyer of options) {
      for (const seller of options) {
        for (const message of traced({ mode, buyer, seller }).rows) {
          assert.deepEqual(Object.keys(message), FIELDS);
        }
      }
    }
  }
});

test('the reference system has nobody who breaks a deal in experiment 1', () => {
  assert.throws(
    () => runByName('trace', 1, { mode: 'compat', breaks: 'seller' }, null),
    (error) => error instanceof BadInput && error.field === 'breaks',
  );
});

test('planted: a faulty trace is found out', () => {
  const post = createPost();
  const first = post.send('a', 'b', { type: 'request', payload: {} });
  const second = post.reply(first, { type: 'reject', payload: {} });
  const failed = (messages: (typeof first)[]) =>
    formChecks(messages).flatMap(({ name, ok }) => (ok ? [] : [name.split(' ')[0]]));
  assert.deepEqual(failed([first, second]), []);
  assert.deepEqual(failed([first, first]), ['ids']);
  // What is answered before it was sent is no earlier message either.
  assert.deepEqual(failed([second, first]), ['messages', 'replies']);
  const straight = { ...second, sender: 'a', receiver: 'b' };
  assert.deepEqual(failed([first, straight]), ['replies']);
});
