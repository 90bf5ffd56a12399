// A small market to try things on: people with names, a clock that is moved by hand, and short ways
// to ask for something and to expect it to be granted or refused.
import assert from 'node:assert/strict';
import { accountOf, agentAccount, available } from '../../core/engine/bank/ledger.ts';
import { type Credits, MICRO } from '../../core/engine/base/credits.ts';
import { canonical } from '../../core/engine/market/canon.ts';
import type { About, Actor, Command, CommandBody } from '../../core/engine/market/commands.ts';
import type { Event } from '../../core/engine/market/events.ts';
import {
  type Conversation,
  conversationOf,
  createMarket,
  DEFAULT_POLICY,
  type Lease,
  leaseOf,
  type Market,
} from '../../core/engine/market/state.ts';
import { step } from '../../core/engine/market/step.ts';
import { nextTimer } from '../../core/engine/market/timers.ts';
import type { Problem } from '../../core/engine/protocol/problems.ts';

export const START = 1_000_000;
/** Credits as micro-credits. */
export const c = (credits: number): Credits => Math.round(credits * MICRO) as Credits;

type Body<T extends CommandBody['type']> = Extract<CommandBody, { type: T; body: unknown }>['body'];
type OpenBody = Body<'open-cfp'>;
type ProposeBody = Body<'propose'>;

export class Table {
  m: Market = createMarket();
  at = START;
  entropy = 7;
  events: Event[] = [];
  private readonly ids = new Map<string, string>();

  constructor() {
    this.ok('host', { type: 'found-market', marketId: 'test', policy: DEFAULT_POLICY });
  }

  /** Registers agents; each gets this budget in credits per hour, 0 for none. */
  people(names: string, budget = 100): this {
    for (const name of names.split(' ')) {
      const { agentId } = this.ok('operator', {
        type: 'register-agent',
        kind: 'agent',
        body: { name },
      });
      this.ids.set(name, agentId ?? '');
      if (budget > 0) this.budget(name, budget, 3_600_000);
    }
    return this;
  }

  budget(name: string, amount: number, windowMs: number, carryOver = false): void {
    const body = { amount: c(amount), windowMs, carryOver };
    this.ok('operator', { type: 'set-agent-budget', agentId: this.id(name), body });
  }

  /** A resource of CPU slots; returns its id. */
  resource(owner: string, count = 1, more: Partial<Body<'add-resource'>> = {}): string {
    const body = { kind: 'cpu' as const, count, ...more };
    return this.ok(owner, { type: 'add-resource', ownerId: this.id(owner), body }).resourceId ?? '';
  }

  /** Opens a need for one CPU slot for a second; returns its id. */
  need(manager: string, body: Partial<OpenBody> = {}): string {
    const need = { kind: 'cpu' as const, count: 1, durationMs: 1000 };
    const full = { need, maxPrice: c(10), replyByMs: 500, ...body };
    return this.ok(manager, { type: 'open-cfp', body: full }).cfpId ?? '';
  }

  /** Offers one slot for a second; returns the offer's id. */
  offer(seller: string, resourceId: string, body: Partial<OpenBody> = {}): string {
    const offer = { resourceId, durationMs: 1000 };
    return (
      this.ok(seller, { type: 'open-cfp', body: { offer, replyByMs: 500, ...body } }).cfpId ?? ''
    );
  }

  propose(name: string, cfpId: string, price: number, more: Partial<ProposeBody> = {}): string {
    const body = { price: c(price), ...more };
    return this.ok(name, { type: 'propose', cfpId, body }).proposalId ?? '';
  }

  award(name: string, cfpId: string, proposalId: string): string {
    return this.ok(name, { type: 'award', cfpId, body: { proposalId } }).leaseId ?? '';
  }

  done(name: string, leaseId: string, more: Partial<Body<'done'>> = {}): void {
    const { epoch } = this.lease(leaseId);
    this.ok(name, { type: 'done', leaseId, body: { epoch, ...more } });
  }

  id(name: string): string {
    return this.ids.get(name) ?? name;
  }

  actor(who: string): Actor {
    if (who === 'operator' || who === 'host') return { kind: who };
    return { kind: 'agent', id: this.id(who) };
  }

  /** One command, and what is due because of it. */
  ask(who: string, body: CommandBody): ReturnType<typeof step>['result'] {
    const cmd: Command = { ...body, actor: this.actor(who), at: this.at, entropy: this.entropy };
    const { events, result } = step(this.m, cmd);
    this.events.push(...events);
    this.tick();
    return result;
  }

  ok(who: string, body: CommandBody): About {
    const result = this.ask(who, body);
    assert.ok(result.ok, result.ok ? '' : `${result.problem.code}: ${result.problem.detail}`);
    return result.about;
  }

  /** Expects a refusal that changes nothing; returns it. */
  no(who: string, body: CommandBody): Problem {
    const before = canonical(this.m);
    const result = this.ask(who, body);
    assert.ok(!result.ok, `${body.type} was accepted`);
    assert.equal(canonical(this.m), before, `${body.type} was refused and changed something`);
    return result.problem;
  }

  /** Time passes; what falls due meanwhile happens at its own instant. */
  wait(ms: number): this {
    const until = this.at + ms;
    for (let due = nextTimer(this.m)?.dueAt; due !== undefined && due <= until;) {
      this.at = Math.max(this.at, due);
      this.tick();
      due = nextTimer(this.m)?.dueAt;
    }
    this.at = until;
    return this;
  }

  /** Time passes while the host is down; everything happens late. */
  sleep(ms: number): this {
    this.at += ms;
    return this.tick();
  }

  private tick(): this {
    for (
      let due = nextTimer(this.m);
      due !== null && due.dueAt <= this.at;
      due = nextTimer(this.m)
    ) {
      const actor: Actor = { kind: 'host' };
      const { events } = step(this.m, { type: 'tick', actor, at: this.at, entropy: this.entropy });
      this.events.push(...events);
    }
    return this;
  }

  call(cfpId: string): Conversation {
    return conversationOf(this.m, cfpId);
  }

  lease(leaseId: string): Lease {
    return leaseOf(this.m, leaseId);
  }

  /** The lease that a call led to. */
  leaseFor(cfpId: string): Lease {
    return this.lease(this.call(cfpId).leaseId ?? '');
  }

  /** Credits that somebody, or a project, can spend; and what is held. */
  free(name: string): number {
    return available(accountOf(this.m.ledger, this.account(name))) / MICRO;
  }

  held(name: string): number {
    return accountOf(this.m.ledger, this.account(name)).held / MICRO;
  }

  private account(name: string): string {
    return name.startsWith('project:') ? name : agentAccount(this.id(name));
  }

  /** Why a proposal did not win. */
  lost(proposalId: string): string | undefined {
    return this.m.proposals.get(proposalId)?.loss?.reason;
  }

  /** How a call stands: its state, and why it ended so. */
  state(cfpId: string): string {
    const { state, why } = this.call(cfpId);
    return why === null ? state : `${state}: ${why}`;
  }
}
