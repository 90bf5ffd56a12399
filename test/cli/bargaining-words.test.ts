// Goal: a bargaining is told rightly, and waited for. Method: documents made by hand, and a host
// that only answers `GET`. Check: whole texts for every ending and for silent sides; a call that is
// bargained over counts as one under way; the choices offered are those of the market.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { awaitAward, type Quest } from '../../cli/await-award.ts';
import { bargainingText, conflictText } from '../../cli/bargaining.ts';
import { CALL_STATES, callsUnderWay, isLive } from '../../cli/calls.ts';
import type { Client } from '../../cli/client.ts';
import { COMMANDS } from '../../cli/commands.ts';
import type { BargainingDoc, CfpDoc, OfferDoc, RoundDoc } from '../../cli/documents.ts';
import { Fault } from '../../cli/fault.ts';
import * as market from '../../core/engine/market/state.ts';
import { PROTOCOL_REASONS } from '../../core/engine/market/events.ts';
import { CONFLICTS } from '../../core/engine/protocol/bargaining.ts';
import { PROTOCOL_CHOICES } from '../../core/engine/protocol/bodies.ts';

const named = (id: string | null): string => (id === 'a' ? 'Ada' : 'Bo');
const offer = (price: number): OfferDoc => ({
  ...{ price, startDelayMs: 0, reclaimWindowMs: 0, penalty: 0 },
});
function round(n: number, manager: number | null, contractor: number | null): RoundDoc {
  const silent: RoundDoc['silent'] = [];
  if (manager === null) silent.push('manager');
  if (contractor === null) silent.push('contractor');
  return {
    round: n,
    manager: manager === null ? null : offer(manager),
    contractor: contractor === null ? null : offer(contractor),
    messages: { manager: '', contractor: '' },
    silent,
  };
}
const RUNNING: BargainingDoc = {
  protocol: 'monotonic-concession',
  chosenBy: 'short-lease',
  proposalId: 'prp_000000001',
  managerId: 'a',
  contractorId: 'b',
  state: 'running',
  why: null,
  round: 4,
  roundsMax: 20,
  roundEndsAt: '2026-03-01T18:00:00Z',
  turn: null,
  rounds: [round(1, null, 9), round(2, 1.5, null), round(3, null, 8.25)],
  deal: null,
  limits: null,
};

describe('a bargaining in words', () => {
  it('shows rounds side by side, and who was silent', () => {
    const lines = bargainingText(RUNNING, named).split('\n');
    assert.deepEqual(lines, [
      'bargaining  monotonic concession, both sides in each round: the lease is short and this ' +
        'protocol is the faster one',
      'between     Ada (manager), Bo (contractor)',
      'round       4 of 20; both may offer, closing now',
      '',
      'ROUND  MANAGER  CONTRACTOR',
      '    1   silent      9.0000',
      '    2   1.5000     repeats',
      '    3  repeats      8.2500',
      '',
    ]);
  });

  it('says that after the last round only yes or no is left', () => {
    const last = { ...RUNNING, round: 21, turn: 'contractor' as const };
    assert.match(bargainingText(last, named), /^round +over, accept or quit; Bo’s turn, /mu);
  });

  it('has a sentence for every ending and every choice of protocol', () => {
    const told = CONFLICTS.map((why) =>
      conflictText({ ...RUNNING, state: 'conflict', why }, named),
    );
    assert.deepEqual(told, [
      'no deal: neither side conceded in round 4',
      'no deal: all 20 rounds were used',
      'no deal: Ada did not answer in time',
      'no deal: a side walked away in round 4',
      'no deal: they agreed, but by then the slots or the credits were gone',
      'no deal: the call ended in another way while they still bargained',
    ]);
    const timedOut = { ...RUNNING, state: 'conflict' as const, why: 'timed-out' as const };
    const both = { ...timedOut, rounds: [round(1, null, null)] };
    assert.equal(conflictText(both, named), 'no deal: a side did not answer in time');
    for (const chosenBy of PROTOCOL_REASONS) {
      const [first = ''] = bargainingText({ ...RUNNING, chosenBy }, named).split('\n');
      assert.match(first, /: \S+ .+ .+$/u);
    }
  });
});

describe('what the market has is what can be asked for', () => {
  const choices = (title: string, option: string): readonly string[] | undefined =>
    COMMANDS.find((command) => command.title === title)?.options[option]?.choices;

  it('states of a call, protocols of a bargaining', () => {
    assert.deepEqual(CALL_STATES, market.CALL_STATES);
    assert.deepEqual(choices('cfp list', 'state'), market.CALL_STATES);
    assert.deepEqual(choices('policy set', 'bargaining'), PROTOCOL_CHOICES);
    assert.deepEqual(
      CALL_STATES.filter((state) => isLive({ state })),
      CALL_STATES.filter((state) => market.isOpen({ state } as market.Conversation)),
    );
  });
});

/** A host whose call passes through these stages, the last one for ever. */
function hostWith(stages: readonly Partial<CfpDoc>[]): { quest: Quest; asked: string[] } {
  const asked: string[] = [];
  const cfp = {
    id: 'cfp_1',
    proposals: [],
    refusals: [],
    award: null,
    bargaining: null,
    why: null,
  };
  let looks = 0;
  const next = (): CfpDoc =>
    ({ ...cfp, ...stages[Math.min(looks++, stages.length - 1)] }) as unknown as CfpDoc;
  const lot = { kind: 'cpu', count: 1, free: 1, model: null, vramBytes: null, memoryBytes: null };
  const client = {
    all: (path: string) => {
      asked.push(path);
      return Promise.resolve(path === '/v1/resources' ? [lot] : [next()]);
    },
    get: () => Promise.resolve({ cfp: next() }),
    send: () => Promise.reject(new Error('nothing should be changed')),
  } as unknown as Client;
  const quest: Quest = {
    client,
    need: { kind: 'cpu', count: 1, durationMs: 1000 },
    ...{ maxPrice: 3, waitMs: 60_000 },
    call: () => {
      asked.push('call');
      return Promise.resolve(next());
    },
    say: () => undefined,
    interrupted: () => false,
  };
  return { quest, asked };
}

describe('waiting for an award', () => {
  const award = { leaseId: 'lse_1', price: 2 } as CfpDoc['award'];

  it('goes on while the call is bargained over', async () => {
    const talk = { state: 'bargaining' };
    const stages = [{ state: 'open' }, talk, talk, talk, { state: 'awarded', award }];
    const { quest, asked } = hostWith(stages);
    const won = await awaitAward(quest);
    assert.deepEqual([won?.leaseId, won?.cfp.state], ['lse_1', 'awarded']);
    assert.equal(asked.filter((what) => what === 'call').length, 1, 'no second call beside it');
  });

  it('gives up when they could not agree, and says what would have done', async () => {
    const how = { ...RUNNING, state: 'conflict', why: 'quit' } as const;
    const ended = { state: 'unawarded', why: 'no-agreement', bargaining: how };
    const proposals = [{ price: 4.501 }] as CfpDoc['proposals'];
    const { quest } = hostWith([{ state: 'bargaining' }, { ...ended, proposals }]);
    await assert.rejects(awaitAward(quest), (error) => {
      assert.ok(error instanceof Fault);
      const { code, field, hint, detail } = error.problem;
      assert.deepEqual([code, field, hint], ['unawarded', '--max-price', '--max-price 4.51']);
      assert.match(detail, /they bargained: no deal: a side walked away in round 4$/u);
      return true;
    });
  });

  it('counts what is bargained over as under way', async () => {
    const { quest, asked } = hostWith([{ state: 'bargaining' }]);
    assert.equal((await callsUnderWay(quest.client)).length, 2);
    assert.deepEqual(asked, ['/v1/cfps?state=open', '/v1/cfps?state=bargaining']);
  });
});
