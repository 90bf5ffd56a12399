// The codec: everything that crosses into the market is typed and bounded here, and what is refused
// is refused by the name of its field.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../core/engine/base/limits.ts';
import * as bodies from '../../core/engine/protocol/bodies.ts';
import {
  type ProblemCode,
  problemDocument,
  PROBLEMS,
} from '../../core/engine/protocol/problems.ts';
import { read, type Shape } from '../../core/engine/protocol/shape.ts';

const refusal = (shape: Shape<unknown>, value: unknown): string => {
  const result = read(shape, value);
  return result.ok ? 'accepted' : `${result.problem.code} ${result.problem.field ?? '-'}`;
};
const open = (more: object = {}): object => ({
  need: { kind: 'gpu', count: 1, durationMs: 1000 },
  maxPrice: 5,
  ...more,
});
const need = (more: object): object =>
  open({ need: { kind: 'gpu', count: 1, durationMs: 1000, ...more } });
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const long = (n: number): string => 'x'.repeat(n);

/** Shape, value, what is wrong with it. */
const CASES: [string, Shape<unknown>, unknown, string][] = [
  ['a price that is NaN', bodies.propose, { price: NaN }, 'invalid-field price'],
  ['a negative price', bodies.propose, { price: -1 }, 'invalid-field price'],
  [
    'a price of one and a half micro-credits',
    bodies.propose,
    { price: 0.0000015 },
    'invalid-field price',
  ],
  ['a price of 2^53', bodies.propose, { price: 2 ** 53 }, 'invalid-field price'],
  ['an infinite price', bodies.propose, { price: Infinity }, 'invalid-field price'],
  ['a price as text', bodies.propose, { price: '5' }, 'invalid-field price'],
  ['no price', bodies.propose, {}, 'missing-field price'],
  ['a price that is null', bodies.propose, { price: null }, 'invalid-field price'],
  [
    'a penalty that is negative',
    bodies.propose,
    { price: 1, terms: { penalty: -0.5 } },
    'invalid-field terms.penalty',
  ],
  [
    'a term nobody knows',
    bodies.propose,
    { price: 1, terms: { bonus: 1 } },
    'unknown-field terms.bonus',
  ],
  [
    'an id of another form',
    bodies.propose,
    { price: 1, resourceId: '../etc/passwd' },
    'invalid-field resourceId',
  ],
  [
    'an id with capital letters',
    bodies.propose,
    { price: 1, cfpId: 'CFP_000000001' },
    'invalid-field cfpId',
  ],
  [
    'a start delay of a fraction',
    bodies.propose,
    { price: 1, startDelayMs: 0.5 },
    'invalid-field startDelayMs',
  ],
  [
    'a start delay beyond a day',
    bodies.propose,
    { price: 1, startDelayMs: LIMITS.startDelayMsMax + 1 },
    'invalid-field startDelayMs',
  ],
  ['a list instead of an object', bodies.propose, [1], 'invalid-field (body)'],
  ['nothing', bodies.propose, null, 'invalid-field (body)'],
  [
    'a field of Object',
    bodies.propose,
    JSON.parse('{"price":1,"__proto__":{"a":1}}'),
    'unknown-field __proto__',
  ],
  [
    'another field of Object',
    bodies.propose,
    { price: 1, constructor: 1 },
    'unknown-field constructor',
  ],
  [
    'a field with a huge name',
    bodies.propose,
    { price: 1, [long(5000)]: 1 },
    `unknown-field ${long(80)}…`,
  ],
  ['a count of zero', bodies.openCfp, need({ count: 0 }), 'invalid-field need.count'],
  [
    'a count beyond the bound',
    bodies.openCfp,
    need({ count: LIMITS.slotsPerResourceMax + 1 }),
    'invalid-field need.count',
  ],
  [
    'a duration below the bound',
    bodies.openCfp,
    need({ durationMs: LIMITS.leaseMsMin - 1 }),
    'invalid-field need.durationMs',
  ],
  ['a duration of NaN', bodies.openCfp, need({ durationMs: NaN }), 'invalid-field need.durationMs'],
  [
    'a duration of 2^53',
    bodies.openCfp,
    need({ durationMs: 2 ** 53 }),
    'invalid-field need.durationMs',
  ],
  [
    'bytes that are negative',
    bodies.openCfp,
    need({ vramBytes: -1 }),
    'invalid-field need.vramBytes',
  ],
  ['a kind nobody has', bodies.openCfp, need({ kind: 'tpu' }), 'invalid-field need.kind'],
  [
    'a model of control characters',
    bodies.openCfp,
    need({ model: 'H\u0000100' }),
    'invalid-field need.model',
  ],
  [
    'a need as another sentence',
    bodies.openCfp,
    open({ need: 'some GPUs please' }),
    'invalid-field need',
  ],
  [
    'a sentence with too many',
    bodies.openCfp,
    open({ need: '2000 GPUs for 5 minutes' }),
    'invalid-field need.count',
  ],
  [
    'a sentence for too long',
    bodies.openCfp,
    open({ need: '2 GPUs for 30 days' }),
    'invalid-field need.durationMs',
  ],
  [
    'a title beyond the bound',
    bodies.openCfp,
    open({ task: { title: long(LIMITS.nameLengthMax + 1) } }),
    'invalid-field task.title',
  ],
  ['an empty title', bodies.openCfp, open({ task: { title: '' } }), 'invalid-field task.title'],
  [
    'a title of markup',
    bodies.openCfp,
    open({ task: { title: '<b>x</b>' } }),
    'invalid-field task.title',
  ],
  [
    'a mechanism of another kind',
    bodies.openCfp,
    open({ mechanism: { type: 'english' } }),
    'invalid-field mechanism.type',
  ],
  [
    'a pricing of another kind',
    bodies.openCfp,
    open({ mechanism: { pricing: 'third' } }),
    'invalid-field mechanism.pricing',
  ],
  [
    'time to reply below the bound',
    bodies.openCfp,
    open({ replyByMs: 9 }),
    'invalid-field replyByMs',
  ],
  ['an award by chance', bodies.openCfp, open({ award: 'random' }), 'invalid-field award'],
  [
    'a valuation inside the market',
    bodies.openCfp,
    open({ valuation: { priority: 1 } }),
    'unknown-field valuation',
  ],
  [
    'a priority beyond the bound',
    bodies.postCfp,
    open({ valuation: { priority: 101 } }),
    'invalid-field valuation.priority',
  ],
  [
    'a deadline without a zone',
    bodies.postCfp,
    open({ valuation: { deadline: '2026-03-01T18:00:00' } }),
    'invalid-field valuation.deadline',
  ],
  [
    'a deadline on no day',
    bodies.postCfp,
    open({ valuation: { deadline: '2026-02-31T18:00:00Z' } }),
    'accepted',
  ],
  [
    'a deadline in no month',
    bodies.postCfp,
    open({ valuation: { deadline: '2026-13-01T18:00:00Z' } }),
    'invalid-field valuation.deadline',
  ],
  [
    'arguments without end',
    bodies.openCfp,
    open({ task: { title: 't', run: { argv: Array(LIMITS.argvMax + 1).fill('a') } } }),
    'invalid-field task.run.argv',
  ],
  [
    'an argument that is a number',
    bodies.openCfp,
    open({ task: { title: 't', run: { argv: ['a', 5] } } }),
    'invalid-field task.run.argv.1',
  ],
  ['an epoch of zero', bodies.done, { epoch: 0 }, 'invalid-field epoch'],
  ['an epoch as text', bodies.renew, { epoch: '1' }, 'invalid-field epoch'],
  [
    'output that is too deep',
    bodies.done,
    { epoch: 1, output: deep(LIMITS.jsonDepthMax + 1) },
    'invalid-field output',
  ],
  [
    'output that is too large',
    bodies.done,
    { epoch: 1, output: long(LIMITS.outputBytesMax) },
    'invalid-field output',
  ],
  [
    'output that is large in bytes only',
    bodies.done,
    { epoch: 1, output: '€'.repeat(LIMITS.outputBytesMax / 2) },
    'invalid-field output',
  ],
  [
    'a reason beyond the bound',
    bodies.fail,
    { epoch: 1, reason: long(LIMITS.textLengthMax + 1) },
    'invalid-field reason',
  ],
  ['a refusal for no listed reason', bodies.refuseCall, { reason: 'mood' }, 'invalid-field reason'],
  ['a name of spaces', bodies.registerAgent, { name: '   ' }, 'invalid-field name'],
  ['a flag that is 1', bodies.registerAgent, { name: 'a', system: 1 }, 'invalid-field system'],
  [
    'capabilities without end',
    bodies.registerAgent,
    { name: 'a', capabilities: Array(LIMITS.capabilitiesMax + 1).fill('x') },
    'invalid-field capabilities',
  ],
  [
    'a window below the bound',
    bodies.setBudget,
    { amount: 1, windowMs: 999 },
    'invalid-field windowMs',
  ],
  [
    'a budget beyond the bound',
    bodies.setBudget,
    { amount: LIMITS.amountMax + 1, windowMs: 1000 },
    'invalid-field amount',
  ],
  [
    'a resource without slots',
    bodies.addResource,
    { kind: 'cpu', count: 0 },
    'invalid-field count',
  ],
  [
    'a share above one',
    bodies.setPolicy,
    { priorityReserve: 1.1 },
    'invalid-field priorityReserve',
  ],
  [
    'a share that is NaN',
    bodies.setPolicy,
    { priorityReserve: NaN },
    'invalid-field priorityReserve',
  ],
  [
    'a surcharge without a rate',
    bodies.setPolicy,
    { surcharge: { freeCalls: 1, halfLifeMs: 1000 } },
    'missing-field surcharge.rate',
  ],
  ['a surcharge that is cleared', bodies.setPolicy, { surcharge: null }, 'accepted'],
  ['something where nothing belongs', bodies.nothing, { a: 1 }, 'unknown-field a'],
  ['a policy name with a path', bodies.setDelegate, { policy: '../x' }, 'invalid-field policy'],
]; // prettier keeps tables in lines

suite('what is refused, and in which field', () => {
  for (const [name, shape, value, expected] of CASES) {
    test(name, () => assert.equal(refusal(shape, value), expected));
  }
});

suite('what is accepted', () => {
  test('the example of the public contract', () => {
    const body = {
      task: { title: 'nightly digest', project: 'reports' },
      need: { kind: 'gpu', count: 4, model: 'H100', durationMs: 1_800_000 },
      maxPrice: 50,
      valuation: { priority: 8, deadline: '2026-03-01T18:00:00Z', marginalGain: 1 },
      replyByMs: 2000,
      mechanism: { type: 'contract-net', pricing: 'second-price' },
      award: 'auto',
    };
    const result = read(bodies.postCfp, body);
    assert.ok(result.ok);
    assert.equal(result.value.maxPrice, 50_000_000);
    assert.equal(result.value.valuation?.deadline, Date.parse('2026-03-01T18:00:00Z'));
  });

  test('names in any script, ids of ours, output at the bounds', () => {
    const fine: [Shape<unknown>, unknown][] = [
      [bodies.registerAgent, { name: 'Ελένη 研究-7 (b)' }],
      [bodies.award, { proposalId: 'prp_00000000z' }],
      [bodies.done, { epoch: 1, output: deep(LIMITS.jsonDepthMax) }],
      [bodies.done, { epoch: 1, output: null }],
      [bodies.propose, { price: 0 }],
    ];
    for (const [shape, value] of fine) assert.equal(refusal(shape, value), 'accepted');
  });
});

const isShape = (value: unknown): value is Shape<unknown> =>
  typeof value === 'object' && value !== null && 'parse' in value;
const SHAPES = Object.entries(bodies as Record<string, unknown>).flatMap(([name, value]) =>
  isShape(value) ? [[name, value] as const] : [],
);

suite('for any input at all', () => {
  for (const [name, shape] of SHAPES) {
    test(`${name} answers with a value or a problem, and throws nothing`, () => {
      const value = fc.anything({ maxDepth: 4, withNullPrototype: true, withSparseArray: true });
      fc.assert(
        fc.property(fc.oneof(value, fc.jsonValue()), (input) => {
          const result = read(shape, input);
          if (result.ok) return;
          const document = problemDocument(result.problem);
          assert.ok((result.problem.code satisfies ProblemCode) in PROBLEMS);
          assert.equal(document.status, 400);
          assert.ok(JSON.stringify(document).length < 2_000, 'a problem is no echo');
        }),
        { numRuns: 200 },
      );
    });
  }

  test('what was parsed once parses again to the same', () => {
    const price = fc.integer({ min: 0, max: 10 ** 9 }).map((n) => n / 1_000_000);
    const proposal = fc.record(
      { price, startDelayMs: fc.nat(1000), validForMs: fc.integer({ min: 10, max: 1000 }) },
      { requiredKeys: ['price'] },
    );
    fc.assert(
      fc.property(proposal, (p) => {
        const result = read(bodies.propose, p);
        assert.ok(result.ok);
        const { price: micro, ...rest } = result.value;
        const back = { price: micro / 1_000_000, ...rest };
        assert.deepEqual(read(bodies.propose, back), result);
      }),
    );
  });
});
