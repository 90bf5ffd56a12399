// Goal: bargain from the command line: set its rules, choose strategies, speak for either side, and
// read how it went. Method: commands against a real host whose clock stands still, so that no round
// closes by itself; the contractor's proposal comes over HTTP. Check: what the host then says, what
// is printed, and the option at fault for every wrong word.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AgentDoc, BargainingDoc, CfpDoc, LeaseDoc } from '../../cli/documents.ts';
import { COMMANDS } from '../../cli/commands.ts';
import { asFault, type Problem } from '../../cli/fault.ts';
import { readOptions } from '../../cli/options.ts';
import { createOutput } from '../../cli/output.ts';
import { openSession, type Session } from '../../cli/session.ts';
import { type Client, createClient } from '../gateway/client.ts';
import { document, haggle, type Served, serve } from './support.ts';

describe('bargaining from the command line', () => {
  let host: Served;
  let operator: Client;
  let contractor: Client;
  let resourceId = '';
  const cleanups: (() => unknown)[] = [];
  before(async () => {
    const lasting = { after: (clean: () => unknown) => cleanups.push(clean) } as never;
    host = await serve(lasting, { args: ['--no-probe', '--clock', 'manual'] });
    operator = createClient(host.url, host.token);
    for (const name of ['Ada', 'Bo']) {
      const { agent, token } = await operator.post<{ agent: AgentDoc; token: string }>(
        ...(['/v1/agents', { name }, 201] as const),
      );
      await operator.put(`/v1/agents/${agent.id}/budget`, { amount: 500, windowMs: 3_600_000 });
      contractor = createClient(host.url, token);
    }
    // 120 credits an hour make 20 for ten minutes.
    const lot = { kind: 'gpu', model: 'H100', count: 4, reservePrice: 120, simulated: true };
    const made = await contractor.post<{ resource: { id: string } }>('/v1/resources', lot, 201);
    resourceId = made.resource.id;
  });
  after(async () => {
    for (const clean of cleanups.toReversed()) await clean();
  });

  const get = <T>(...args: string[]): Promise<T> => document<T>(host.on(...args));
  const said = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await haggle(host.on(...args));
    assert.equal(code, 0, stderr);
    return stdout;
  };
  /** The problem of a command that must fail; in this process, as there are many. */
  async function refused(...words: string[]): Promise<Problem> {
    const args = host.on(...words, '--json');
    const command = COMMANDS.find(({ title }) => `${args.join(' ')} `.startsWith(`${title} `));
    assert.ok(command !== undefined, words.join(' '));
    const out = createOutput({ json: true, quiet: true });
    const sessions: Session[] = [];
    try {
      const own = args.slice(command.title.split(' ').length);
      const given = readOptions(command.title, own, command);
      const open = async (): Promise<Session> => {
        const session = await openSession(given, out);
        sessions.push(session);
        return session;
      };
      await command.run({ given, out, open });
    } catch (error) {
      return asFault(error).problem;
    } finally {
      for (const session of sessions) await session.close();
    }
    assert.fail(`${words.join(' ')} was not refused`);
  }
  /** A call of at most 50 that a person manages, met by a negotiable 80. */
  async function meet(): Promise<{ cfp: string; proposal: string }> {
    const what = ['--need', '1x H100 GPU for 10 minutes', '--max-price', '50', '--agent', 'Ada'];
    const how = ['--bargain', '--award', 'manual', '--reply-by', '1m'];
    const { cfp } = await get<{ cfp: CfpDoc }>('cfp', 'open', ...what, ...how);
    assert.equal(cfp.mechanism.bargaining, true);
    const bid = { price: 80, resourceId, negotiable: true };
    const path = `/v1/cfps/${cfp.id}/proposals`;
    const { proposal } = await contractor.post<{ proposal: { id: string } }>(path, bid, 201);
    return { cfp: cfp.id, proposal: proposal.id };
  }

  it('sets and shows the rules, and names the option that is out of bounds', async () => {
    const usual = await operator.get<{ policy: { bargaining: object } }>('/v1/policy');
    const printed = await said(
      ...['policy', 'set', '--bargaining', 'alternating-offers', '--bargaining-rounds', '6'],
      ...['--bargaining-round', '20s', '--fast-below', '30s', '--worth-waiting', '2'],
      ...['--round-fee', '0.25'],
    );
    const { policy } = await operator.get<{ policy: { bargaining: object } }>('/v1/policy');
    assert.deepEqual(policy.bargaining, {
      ...usual.policy.bargaining,
      protocol: 'alternating-offers',
      ...{ roundsMax: 6, roundMs: 20_000, fastBelowMs: 30_000, worthWaiting: 2, roundFee: 0.25 },
    });
    assert.match(printed, /^bargaining +alternating-offers$/mu);
    assert.match(printed, /^bargaining rounds +at most 6 of 20 s$/mu);
    assert.match(printed, /^round fee +0\.25 credits an offer$/mu);
    const long = await refused('policy', 'set', '--bargaining-rounds', '101');
    assert.deepEqual([long.code, long.field], ['invalid-field', '--bargaining-rounds']);
    await said('policy', 'set', '--round-fee', '0');
    assert.match(await said('policy', 'show'), /^round fee +0 credits an offer$/mu);
  });

  it('speaks for both sides in turns until one accepts', async () => {
    const { cfp, proposal } = await meet();
    assert.match(await said('cfp', 'bargain', cfp, proposal), /^round +2 of 6; Ada’s turn/mu);
    const ids = (await get<{ cfps: CfpDoc[] }>('cfp', 'list', '--state', 'bargaining')).cfps;
    assert.deepEqual(
      ids.map(({ id }) => id),
      [cfp],
    );
    const terms = ['--notice', '1m', '--penalty', '5', '--message', 'opening low', '--round', '2'];
    await said('cfp', 'offer', cfp, '30', ...terms);
    const { bargaining } = await get<{ bargaining: BargainingDoc }>(
      ...['cfp', 'offer', cfp, '45', '--as', 'Bo', '--start-delay', '5m'],
    );
    assert.equal(bargaining.turn, 'manager');
    assert.deepEqual(bargaining.rounds[2]?.contractor, {
      ...{ price: 45, startDelayMs: 300_000, reclaimWindowMs: 0, penalty: 0 },
    });
    assert.match(
      await said('cfp', 'show', cfp),
      new RegExp(
        [
          'bargaining  alternating offers, in turns: the operator has set it for all calls',
          'between     Ada \\(manager\\), Bo \\(contractor\\)',
          'limits      50 at most, 20 at least',
          'round       4 of 6; Ada’s turn, clos.*',
          '',
          'ROUND  MANAGER  WITH {29}CONTRACTOR  WITH {15}WORDS',
          '    1        - {40}80.00',
          '    2    30.00  1 min notice, 5 credits penalty           - {21}manager: “opening low”',
          '    3        - {40}45.00  starting in 5 min',
          '$',
        ].join('\n'),
        'u',
      ),
    );
    const { lease } = await get<{ lease: LeaseDoc }>('cfp', 'accept', cfp);
    assert.equal(lease.price, 45);
    assert.match(
      await said('cfp', 'show', cfp),
      /^ended +deal at 45 credits, starting in 5 min, after 3 rounds$/mu,
    );
  });

  it('speaks for an agent with its own token, and walks away', async () => {
    const { cfp, proposal } = await meet();
    await said('cfp', 'bargain', cfp, proposal);
    await said('cfp', 'offer', cfp, '25');
    const own = ['--token', contractor.token ?? ''];
    const { bargaining } = await get<{ bargaining: BargainingDoc }>(
      ...['cfp', 'offer', cfp, '70', ...own],
    );
    assert.deepEqual([bargaining.rounds[2]?.contractor?.price, bargaining.limits], [70, null]);
    const wrong = await refused('cfp', 'offer', cfp, '60', ...own, '--as', 'Ada');
    assert.equal(wrong.field, '--as');
    const end = await said('cfp', 'quit', cfp, '--as', 'Bo', '--message', 'too low');
    assert.equal(end, `${cfp}: no deal: a side walked away in round 3\n`);
    const shown = (await get<{ cfp: CfpDoc }>('cfp', 'show', cfp)).cfp;
    assert.deepEqual([shown.why, shown.bargaining?.why], ['no-agreement', 'quit']);
  });

  it('says which word is wrong', async () => {
    const { cfp, proposal } = await meet();
    const field = async (...args: string[]): Promise<string> => {
      const problem = await refused(...args);
      return `${problem.code} ${problem.field ?? '-'}`;
    };
    assert.equal(await field('cfp', 'bargain', cfp, 'prp_000000001'), 'not-found PROPOSAL');
    assert.equal(await field('cfp', 'offer', cfp, '30'), 'not-understood -');
    await said('cfp', 'bargain', cfp, proposal);
    const offer = (...args: string[]): Promise<string> => field('cfp', 'offer', cfp, ...args);
    assert.equal(await offer('much'), 'invalid-value PRICE');
    assert.equal(await offer('50.5'), 'above-max-price PRICE');
    assert.equal(await offer('30', '--round', '3'), 'stale-round --round');
    assert.equal(await offer('30', '--notice', '2h'), 'invalid-field --notice');
    assert.equal(await offer('30', '--as', 'Bob'), 'no-such-agent --as');
    assert.equal(await offer('30', '--as', 'Bo'), 'not-your-turn -');
  });

  it('lists strategies with their bounds, and lets one act for an agent', async () => {
    const text = await said('strategies');
    assert.match(text, /^policies: truthful, .*seller/u);
    assert.match(text, /^time-dependent\n {2}\S.*\n {4}e=1 {2}\S.* \(0\.02 to 50\)$/mu);
    const delegate = (...args: string[]): string[] => ['agents', 'delegate', 'Ada', ...args];
    const how = ['--policy', 'truthful', '--strategy', 'time-dependent', '--think', '400ms'];
    const { agent } = await get<{ agent: AgentDoc }>(
      ...delegate(...how, '--setting', 'e=0.3', 'k=.1', '--concern', 'noticePerMinute=1'),
    );
    assert.equal(agent.delegate, 'truthful');
    const { events } = await get<{ events: { type: string; data: { delegate: unknown } }[] }>(
      'events',
    );
    assert.deepEqual(events.findLast(({ type }) => type === 'haggle.delegate-set')?.data.delegate, {
      policy: 'truthful',
      params: {
        strategy: 'time-dependent',
        settings: { e: 0.3, k: 0.1 },
        thinkMs: 400,
        concerns: { noticePerMinute: 1 },
      },
    });
    const taken = await get<{ agent: AgentDoc }>(...delegate('--none'));
    assert.equal(taken.agent.delegate, null);
    const wrong: [string, ...string[]][] = [
      ['--policy'],
      ['--policy', '--policy', 'trutful'],
      ['--strategy', ...how.slice(0, 3), 'zuethen'],
      ['--setting e', ...how, 'e=99'],
      ['--setting z', ...how, '--setting', 'z=1'],
      ['--setting', ...how, '--setting', 'e=fast'],
      ['--think', '--policy', 'truthful', '--think', '1m'],
      ['--concern penaltyChance', ...how, '--concern', 'penaltyChance=2'],
      ['--think', '--none', '--think', '1s'],
      ['early', ...how, 'early'],
    ];
    for (const [option, ...args] of wrong) {
      assert.equal((await refused(...delegate(...args))).field, option, args.join(' '));
    }
  });
});
