// Goal: what people own, promise and may spend is what the rules of the bank say, also after the
// ledger was closed or its process was killed. Method: random commands of a small market (budgets
// with windows, needs, proposals, awards, ends of leases, time) go through the real loop into a
// real journal, and to a model that keeps the books by hand. Check: after each command everybody's
// posted, held and left of the window agree, all holds add up, and the books sum to zero; faults
// planted in what is carried out are found. fast-check prints a failing seed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import fc from 'fast-check';
import { type Credits } from '../../core/engine/base/credits.ts';
import type { About, Actor, CommandBody } from '../../core/engine/market/commands.ts';
import { canonical } from '../../core/engine/market/canon.ts';
import { DEFAULT_POLICY, type Market } from '../../core/engine/market/state.ts';
import { type Journal, openJournal } from '../../core/host/journal/journal.ts';
import { sha256 } from '../../core/host/journal/recover.ts';
import { createLoop, type Loop } from '../../core/host/loop.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-market-'));
after(() => fs.rmSync(root, { recursive: true, force: true }));

const PEOPLE = ['ann', 'bob', 'cyd'];
const [WINDOW, LEASE] = [10_000, 3000];

/** What a planted fault does to a command on its way in; null drops it. */
type Twist = (body: CommandBody) => CommandBody | null;

/** The market itself: loop and journal on disk, closed or killed and opened at will. */
class Real {
  at = 1_000_000;
  readonly ids = new Map<string, string>();
  resourceId = '';
  private journal: Journal;
  private loop: Loop;
  private readonly dir: string;
  private readonly twist: Twist;

  constructor(dir: string, twist: Twist) {
    this.dir = dir;
    this.twist = twist;
    this.journal = openJournal(dir);
    this.loop = this.begin();
    this.ask({ kind: 'host' }, { type: 'found-market', marketId: 'm', policy: DEFAULT_POLICY });
    for (const name of [...PEOPLE, 'owner']) {
      const body: CommandBody = { type: 'register-agent', kind: 'agent', body: { name } };
      this.ids.set(name, this.ask({ kind: 'operator' }, body)?.agentId ?? '');
    }
    const ownerId = this.ids.get('owner') ?? '';
    const body = { kind: 'cpu', count: 64 } as const;
    const added = this.ask({ kind: 'operator' }, { type: 'add-resource', ownerId, body });
    this.resourceId = added?.resourceId ?? '';
  }

  private begin(): Loop {
    const { journal } = this;
    return createLoop(journal.start, {
      now: () => this.at,
      entropy: () => 1,
      hash: sha256,
      recall: journal.recall,
      commit: (batch, m) => journal.commit(batch, m),
      restore: () => journal.restore(),
      committed: () => {},
    });
  }

  market(): Market {
    return this.loop.market();
  }

  /** Null where it is refused. */
  ask(actor: Actor, given: CommandBody): About | null {
    const body = this.twist(given);
    if (body === null) return {};
    let about: About | null = null;
    const show = (_: Market, a: About): Record<string, unknown> => ((about = a), {});
    this.loop.submit({ actor, body, key: null, show, reply: () => {} });
    this.turns();
    return about;
  }

  as(name: string, body: CommandBody): About | null {
    return this.ask({ kind: 'agent', id: this.ids.get(name) ?? '' }, body);
  }

  turns(): void {
    while (this.loop.turn());
  }

  reopen(killed: boolean): void {
    const before = canonical(this.market());
    const copy = `${this.dir}.copy`;
    if (killed) fs.cpSync(this.dir, copy, { recursive: true });
    this.journal.close();
    if (killed) {
      fs.rmSync(this.dir, { recursive: true });
      fs.renameSync(copy, this.dir);
    }
    this.journal = openJournal(this.dir);
    this.loop = this.begin();
    assert.equal(canonical(this.market()), before, 'the state before and after');
  }

  close(): void {
    this.journal.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

interface Purse {
  posted: number;
  held: number;
  window: { amount: number; carry: boolean; startedAt: number; left: number; no: number } | null;
}
/** A hold: how much, and how much of it came out of which window. */
interface Hold {
  who: string;
  amount: number;
  ofWindow: number;
  no: number;
  /** When the lease that it is for ends unreported. */
  endsAt: number;
}
interface Deal {
  who: string;
  cfpId: string;
  proposalId: string;
  price: number;
  leaseId: string;
}

/** The books by hand: calls hold their ceiling, leases their price, and a window's credits lapse. */
class Model {
  at = 1_000_000;
  purses = new Map<string, Purse>();
  holds = new Map<string, Hold>();
  proposed: Deal[] = [];
  running: Deal[] = [];
  /** Windows of a budget that was replaced are over for good. */
  firstNo = new Map<string, number>();

  constructor() {
    for (const name of [...PEOPLE, 'owner']) {
      this.purses.set(name, { posted: 0, held: 0, window: null });
    }
  }

  purse(who: string): Purse {
    return this.purses.get(who) ?? assert.fail(who);
  }

  free(who: string): number {
    return this.purse(who).posted - this.purse(who).held;
  }

  budget(who: string, amount: number, carry: boolean): void {
    const p = this.purse(who);
    p.posted += amount - (p.window?.left ?? 0);
    const no = (p.window?.no ?? -1) + 1;
    this.firstNo.set(who, no);
    p.window = { amount, carry, startedAt: this.at, left: amount, no };
  }

  hold(key: string, who: string, amount: number, endsAt: number): void {
    if (amount <= 0) return;
    const p = this.purse(who);
    const ofWindow = Math.min(amount, p.window?.left ?? 0);
    if (p.window !== null) p.window.left -= ofWindow;
    p.held += amount;
    this.holds.set(key, { who, amount, ofWindow, no: p.window?.no ?? 0, endsAt });
  }

  release(key: string, paid = 0): void {
    const hold = this.holds.get(key);
    if (hold === undefined) return;
    this.holds.delete(key);
    const p = this.purse(hold.who);
    p.held -= hold.amount;
    p.posted -= paid;
    this.purse('owner').posted += paid;
    const back = hold.ofWindow - Math.min(hold.ofWindow, paid);
    if (p.window === null || back === 0) return;
    const first = this.firstNo.get(hold.who) ?? 0;
    const over = hold.no < first || (!p.window.carry && hold.no !== p.window.no);
    if (over) p.posted -= back;
    else p.window.left += back;
  }

  /** Windows end one by one, and leases that nobody has reported, in the order of time. */
  pass(ms: number): void {
    const until = this.at + ms;
    for (;;) {
      const next = this.nextDue();
      if (next === null || next.at > until) break;
      this.at = Math.max(this.at, next.at);
      next.fire();
    }
    this.at = until;
  }

  private nextDue(): { at: number; fire: () => void } | null {
    let next: { at: number; fire: () => void } | null = null;
    for (const p of this.purses.values()) {
      const w = p.window;
      if (w === null || (next !== null && next.at <= w.startedAt + WINDOW)) continue;
      next = { at: w.startedAt + WINDOW, fire: () => this.roll(p) };
    }
    for (const deal of this.running) {
      const at = this.holds.get(deal.leaseId)?.endsAt ?? Infinity;
      if (next !== null && next.at <= at) continue;
      next = { at, fire: () => this.end(deal, 0) };
    }
    return next;
  }

  private roll(p: Purse): void {
    const w = p.window ?? assert.fail();
    if (!w.carry) p.posted -= w.left;
    p.posted += w.amount;
    p.window = {
      ...w,
      startedAt: w.startedAt + WINDOW,
      no: w.no + 1,
      left: (w.carry ? w.left : 0) + w.amount,
    };
  }

  end(deal: Deal, paid: number): void {
    this.running.splice(this.running.indexOf(deal), 1);
    this.release(deal.leaseId, paid);
  }
}

function same(model: Model, real: Real): void {
  const m = real.market();
  let sum = 0;
  for (const a of m.ledger.accounts.values()) sum += a.posted;
  assert.equal(sum, 0, 'the trial balance');
  for (const [name, p] of model.purses) {
    const a = m.ledger.accounts.get(`agent:${real.ids.get(name)}`);
    const found = { posted: a?.posted, held: a?.held, left: a?.budget?.remaining ?? null };
    assert.deepEqual(found, { posted: p.posted, held: p.held, left: p.window?.left ?? null }, name);
    assert.ok(p.posted - p.held >= 0);
  }
  const amounts = (all: Iterable<{ amount: number }>): number[] =>
    [...all].map((h) => h.amount).sort((a, b) => a - b);
  assert.deepEqual(amounts(m.ledger.pendings.values()), amounts(model.holds.values()));
}

type Act = (model: Model, real: Real) => void;
const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length];

class Command implements fc.Command<Model, Real> {
  private readonly name: string;
  private readonly act: Act;
  constructor(name: string, act: Act) {
    this.name = name;
    this.act = act;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    this.act(model, real);
    same(model, real);
  }
  toString(): string {
    return this.name;
  }
}

function setBudget(who: string, amount: number, carry: boolean): Act {
  return (model, real) => {
    const agentId = real.ids.get(who) ?? '';
    const body = { amount: amount as Credits, windowMs: WINDOW, carryOver: carry };
    assert.ok(real.ask({ kind: 'operator' }, { type: 'set-agent-budget', agentId, body }));
    model.budget(who, amount, carry);
  };
}

/** A need, and the owner's proposal for it; the need holds its ceiling, or what there is. */
function callAndPropose(who: string, maxPrice: number, price: number): Act {
  return (model, real) => {
    const need = { kind: 'cpu', count: 1, durationMs: LEASE } as const;
    const terms = { maxPrice: maxPrice as Credits, replyByMs: 3_600_000, award: 'manual' } as const;
    const cfpId = real.as(who, { type: 'open-cfp', body: { need, ...terms } })?.cfpId ?? '';
    model.hold(cfpId, who, Math.min(maxPrice, model.free(who)), Infinity);
    const promise = { price: price as Credits, resourceId: real.resourceId };
    const made = real.as('owner', { type: 'propose', cfpId, body: promise });
    model.proposed.push({ who, cfpId, price, proposalId: made?.proposalId ?? '', leaseId: '' });
  };
}

function award(n: number): Act {
  return (model, real) => {
    const deal = pick(model.proposed, n);
    if (deal === undefined) return;
    const { who, cfpId, proposalId, price } = deal;
    const made = real.as(who, { type: 'award', cfpId, body: { proposalId } });
    const before = { purses: structuredClone(model.purses), holds: new Map(model.holds) };
    model.release(cfpId);
    assert.equal(made !== null, model.free(who) >= price, `${price} of ${model.free(who)}`);
    if (made === null) return void Object.assign(model, before);
    model.proposed.splice(model.proposed.indexOf(deal), 1);
    deal.leaseId = made.leaseId ?? '';
    model.hold(deal.leaseId, who, price, model.at + LEASE);
    model.running.push(deal);
  };
}

function cancel(n: number): Act {
  return (model, real) => {
    const deal = pick(model.proposed, n);
    if (deal === undefined) return;
    assert.ok(real.as(deal.who, { type: 'cancel', cfpId: deal.cfpId }));
    model.proposed.splice(model.proposed.indexOf(deal), 1);
    model.release(deal.cfpId);
  };
}

/** The owner reports: done for a part of the price, or failed for nothing. */
function report(n: number, percent: number): Act {
  return (model, real) => {
    const deal = pick(model.running, n);
    if (deal === undefined) return;
    const { leaseId, price } = deal;
    const epoch = real.market().leases.get(leaseId)?.epoch ?? 0;
    const charge = Math.floor((price * percent) / 100) as Credits;
    const body = { epoch, charge };
    const said: CommandBody =
      percent === 0
        ? { type: 'fail', leaseId, body: { epoch, reason: 'no luck' } }
        : { type: 'done', leaseId, body };
    assert.ok(real.as('owner', said), 'the report is accepted');
    model.end(deal, percent === 0 ? 0 : charge);
  };
}

const pass =
  (ms: number): Act =>
  (model, real) => {
    real.at += ms;
    model.pass(ms);
    real.turns();
  };

const who = fc.constantFrom(...PEOPLE);
const amount = fc.integer({ min: 1, max: 900 });
const command = (name: string, act: Act): Command => new Command(name, act);
const commands = fc.commands(
  [
    fc
      .tuple(who, amount, fc.boolean())
      .map(([w, a, carry]) => command(`budget ${w} ${a} ${carry}`, setBudget(w, a, carry))),
    fc
      .tuple(who, amount, fc.integer({ min: 1, max: 100 }))
      .map(([w, max, percent]) => [w, max, Math.ceil((max * percent) / 100)] as const)
      .map(([w, max, price]) =>
        command(`call ${w} ${max} ${price}`, callAndPropose(w, max, price)),
      ),
    fc.nat(9).map((n) => command(`award ${n}`, award(n))),
    fc.nat(9).map((n) => command(`award ${n}`, award(n))),
    fc.nat(9).map((n) => command(`cancel ${n}`, cancel(n))),
    fc
      .tuple(fc.nat(9), fc.constantFrom(0, 40, 100))
      .map(([n, percent]) => command(`report ${n} ${percent}`, report(n, percent))),
    fc.integer({ min: 1, max: 25_000 }).map((ms) => command(`pass ${ms}`, pass(ms))),
    fc
      .boolean()
      .map((killed) => command(killed ? 'kill' : 'close', (_, real) => real.reopen(killed))),
  ],
  { size: 'medium' },
);

let made = 0;
function compare(runs: number, twist: Twist = (body) => body): void {
  fc.assert(
    fc.property(commands, (list) => {
      const real = new Real(path.join(root, `${++made}`), twist);
      try {
        fc.modelRun(() => ({ model: new Model(), real }), list);
      } finally {
        real.close();
      }
    }),
    { numRuns: runs },
  );
}

test('the market on disk keeps the books that the model keeps by hand', () => {
  compare(120);
});

suite('the model finds', () => {
  const faults: Record<string, Twist> = {
    'a lease that is charged in full whatever was said': (body) =>
      body.type === 'done' ? { ...body, body: { epoch: body.body.epoch } } : body,
    'a hold that a cancelled call leaves behind': (body) => (body.type === 'cancel' ? null : body),
    'credits that are carried into the next window': (body) =>
      body.type === 'set-agent-budget'
        ? { ...body, body: { ...body.body, carryOver: true } }
        : body,
    'a window that is too short': (body) =>
      body.type === 'set-agent-budget'
        ? { ...body, body: { ...body.body, windowMs: WINDOW / 2 } }
        : body,
    'a failure that is paid': (body) =>
      body.type === 'fail'
        ? { type: 'done', leaseId: body.leaseId, body: { epoch: body.body.epoch } }
        : body,
  };
  for (const [name, twist] of Object.entries(faults)) {
    test(name, () => {
      assert.throws(() => compare(150, twist), /Property failed/u);
    });
  }
});
