// Goal: a wall clock that is set, and a machine that sleeps, neither end a lease early nor leave it
// standing, and charge nothing twice. Method: the real clock over three sources that a test moves:
// jumps of hours both ways, sleeps, a start long before the journal's end; then a market on that
// clock, with a lease and a budget window. Check: logical time never falls, follows elapsed time
// within two percent, and takes sleep for time; lease and window end once, at their time.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { agentAccount } from '../../core/engine/bank/ledger.ts';
import { type Credits, MICRO } from '../../core/engine/base/credits.ts';
import type { CommandBody, About, Actor } from '../../core/engine/market/commands.ts';
import { createMarket, DEFAULT_POLICY } from '../../core/engine/market/state.ts';
import { type Clock, manualClock, realClock } from '../../core/host/clock.ts';
import { createLoop, type Loop } from '../../core/host/loop.ts';
import { sha256 } from '../../core/host/journal/recover.ts';
import { createDisk } from '../sim/disk.ts';

const WALL = 1_800_000_000_000;
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** A machine's three clocks, moved by hand. */
class Machine {
  private passed = 0;
  private slept = 0;
  private set = 0;
  readonly sources = {
    wall: () => WALL + this.passed + this.slept + this.set,
    monotonic: () => this.passed,
    uptime: () => this.passed + this.slept,
  };
  run(ms: number): void {
    this.passed += ms;
  }
  sleep(ms: number): void {
    this.slept += ms;
  }
  setWall(byMs: number): void {
    this.set += byMs;
  }
  /** Time that has really gone by. */
  elapsed(): number {
    return this.passed + this.slept;
  }
}

/** Runs in steps, asking now and then as a host does. */
function runFor(machine: Machine, clock: Clock, ms: number, stepMs = 500): void {
  for (let done = 0; done < ms; done += stepMs) {
    machine.run(Math.min(stepMs, ms - done));
    clock.now();
  }
}

suite('the real clock', () => {
  test('follows the wall clock while nobody moves it', () => {
    const machine = new Machine();
    const clock = realClock(machine.sources, 0);
    runFor(machine, clock, HOUR, 1700);
    assert.deepEqual([clock.now(), clock.skewMs(), clock.mode], [WALL + HOUR, 0, 'real']);
    assert.equal(clock.advance(1000), false);
  });

  for (const jump of [DAY, HOUR, 5000, 500, -500, -5000, -HOUR, -DAY]) {
    test(`a wall clock set by ${jump} ms is believed slowly, never below and never at once`, () => {
      const machine = new Machine();
      const clock = realClock(machine.sources, 0);
      runFor(machine, clock, MINUTE);
      machine.setWall(jump);
      const before = clock.now();
      assert.ok(before - (WALL + MINUTE) <= 0.02 * MINUTE, `it jumped to ${before}`);
      runFor(machine, clock, 10 * MINUTE);
      const gone = clock.now() - before;
      assert.ok(Math.abs(gone - 10 * MINUTE) <= 0.021 * 10 * MINUTE, `${gone} ms in ten minutes`);
      assert.ok(Math.abs(clock.skewMs()) < Math.abs(jump), 'it comes closer');
      runFor(machine, clock, 60 * Math.abs(jump), Math.abs(jump) / 4);
      assert.ok(Math.abs(clock.skewMs()) <= 1, `in the end it is there: ${clock.skewMs()}`);
    });
  }

  test('sleep of the machine is time that passed', () => {
    const machine = new Machine();
    const clock = realClock(machine.sources, 0);
    runFor(machine, clock, MINUTE);
    machine.sleep(8 * HOUR);
    assert.equal(clock.now(), WALL + MINUTE + 8 * HOUR);
  });

  test('begins where the journal ended when the wall clock has fallen behind it', () => {
    const machine = new Machine();
    const clock = realClock(machine.sources, WALL + DAY);
    assert.equal(clock.now(), WALL + DAY);
    runFor(machine, clock, MINUTE);
    assert.ok(clock.now() > WALL + DAY + 0.97 * MINUTE);
  });

  test('whatever happens it never falls, and is never further from elapsed time than two percent', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('run' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({ what: fc.constant('set' as const), ms: fc.integer({ min: -DAY, max: DAY }) }),
    );
    const law = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const machine = new Machine();
      const clock = realClock(machine.sources, 0);
      let last = clock.now();
      for (const { what, ms } of steps) {
        if (what === 'run') machine.run(ms);
        else machine.setWall(ms);
        const now = clock.now();
        assert.ok(now >= last && Number.isInteger(now));
        last = now;
        assert.ok(Math.abs(now - WALL - machine.elapsed()) <= 0.02 * machine.elapsed() + 1);
      }
    });
    fc.assert(law);
  });

  test('a manual clock moves when it is told to', () => {
    const clock = manualClock(WALL);
    assert.deepEqual([clock.advance(5), clock.now(), clock.skewMs()], [true, WALL + 5, 0]);
  });
});

/** A market on a clock, in memory. */
class Place {
  readonly machine = new Machine();
  private readonly disk = createDisk();
  private readonly clock = realClock(this.machine.sources, 0);
  readonly loop: Loop = createLoop(
    { market: createMarket(), head: '0'.repeat(64) },
    {
      now: () => this.clock.now(),
      entropy: () => 7,
      hash: sha256,
      recall: (key) => this.disk.recall(key),
      commit: (batch) => this.disk.store(batch),
      restore: () => assert.fail('nothing is restored'),
      committed: () => {},
    },
  );

  ask(actor: Actor, body: CommandBody): About {
    let about: About | null = null;
    const show = (_: unknown, a: About): Record<string, unknown> => ((about = a), {});
    const reply = (r: { status: number; body: string }): void =>
      assert.ok(r.status < 400, `${body.type}: ${r.body}`);
    this.loop.submit({ actor, body, key: null, show, reply });
    this.turns();
    return about ?? assert.fail(`${body.type} was not answered`);
  }

  turns(): void {
    while (this.loop.turn());
  }

  run(ms: number): void {
    for (let done = 0; done < ms; done += 250) {
      this.machine.run(Math.min(250, ms - done));
      this.turns();
    }
  }

  events(type: string): { at: number; [key: string]: unknown }[] {
    const all = this.disk.texts.map((text) => JSON.parse(text) as { type: string; at: number });
    return all.filter((e) => e.type === type);
  }
}

const credits = (n: number): Credits => (n * MICRO) as Credits;

/** A buyer with ten credits an hour who has just leased a slot for ten minutes for three. */
function withLease(): { place: Place; leaseId: string; buyer: string; startedAt: number } {
  const place = new Place();
  const operator = { kind: 'operator' } as const;
  place.ask({ kind: 'host' }, { type: 'found-market', marketId: 'm', policy: DEFAULT_POLICY });
  const register = (name: string): string =>
    place.ask(operator, { type: 'register-agent', kind: 'agent', body: { name } }).agentId ?? '';
  const [buyer, seller] = [register('buyer'), register('seller')];
  const rule = { amount: credits(10), windowMs: HOUR };
  place.ask(operator, { type: 'set-agent-budget', agentId: buyer, body: rule });
  const slots = { kind: 'cpu', count: 1 } as const;
  const { resourceId = '' } = place.ask(
    { kind: 'agent', id: seller },
    { type: 'add-resource', ownerId: seller, body: slots },
  );
  const { cfpId = '' } = place.ask(
    { kind: 'agent', id: buyer },
    {
      type: 'open-cfp',
      body: {
        need: { kind: 'cpu', count: 1, durationMs: 10 * MINUTE },
        maxPrice: credits(5),
        replyByMs: 1000,
        award: 'manual',
      },
    },
  );
  const promise = { price: credits(3), resourceId };
  const { proposalId = '' } = place.ask(
    { kind: 'agent', id: seller },
    { type: 'propose', cfpId, body: promise },
  );
  const award = { type: 'award', cfpId, body: { proposalId } } as const;
  const { leaseId = '' } = place.ask({ kind: 'agent', id: buyer }, award);
  return { place, leaseId, buyer, startedAt: place.loop.market().at };
}

suite('a market on that clock', () => {
  for (const jump of [DAY, -DAY]) {
    test(`a jump of ${jump} ms ends no lease before its time, and none twice`, () => {
      const { place, leaseId, startedAt } = withLease();
      place.run(MINUTE);
      place.machine.setWall(jump);
      place.run(8 * MINUTE);
      assert.equal(place.loop.market().leases.get(leaseId)?.ended, null, 'it runs');
      place.machine.setWall(-2 * jump);
      place.run(2 * MINUTE);
      const ends = place.events('lease-ended');
      assert.equal(ends.length, 1, 'neither stranded nor ended twice');
      assert.ok((ends[0]?.at ?? 0) >= startedAt + 10 * MINUTE);
      assert.equal(place.loop.market().ledger.pendings.size, 0);
    });

    test(`a jump of ${jump} ms opens no budget window, and skips none`, () => {
      const { place, buyer } = withLease();
      for (let i = 0; i < 6; i++) {
        place.run(9 * MINUTE);
        place.machine.setWall(i % 2 === 0 ? jump : -jump);
      }
      assert.equal(place.events('window-rolled').length, 0, 'an hour has not passed');
      place.run(10 * MINUTE);
      assert.equal(place.events('window-rolled').length, 1);
      const account = place.loop.market().ledger.accounts.get(agentAccount(buyer));
      assert.equal(account?.posted, credits(10), 'issued once, and nothing was charged');
    });
  }

  test('a lease that the machine slept through ends at once, as not reported, without its price', () => {
    const { place, buyer } = withLease();
    place.run(MINUTE);
    place.machine.sleep(3 * HOUR);
    place.turns();
    const [end] = place.events('lease-ended');
    assert.equal(end?.how, 'no-report');
    assert.equal(end.charge, 0);
    assert.equal(place.events('lease-ended').length, 1);
    const account = place.loop.market().ledger.accounts.get(agentAccount(buyer));
    assert.deepEqual([account?.posted, account?.held], [credits(10), 0]);
    // Three windows passed unseen: what they would have issued has lapsed with them.
    assert.equal(place.events('window-rolled').length, 1);
  });
});
