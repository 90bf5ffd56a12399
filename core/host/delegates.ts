// Runs delegates: gives each what its agent is told, and puts what it says before the market,
// parsed by the same codec and decided by the same rules as a stranger's message.
import { available, accountOf, agentAccount } from '../engine/bank/ledger.ts';
import type { Instant } from '../engine/base/time.ts';
import type { About, CommandBody } from '../engine/market/commands.ts';
import type { Event } from '../engine/market/events.ts';
import { fundingAccount, projectOf } from '../engine/market/funding.ts';
import { type Agent, isOpen, isRunning, type Market } from '../engine/market/state.ts';
import * as body from '../engine/protocol/bodies.ts';
import { problemDocument } from '../engine/protocol/problems.ts';
import { type Read, read } from '../engine/protocol/shape.ts';
import { forAgent, type Lookup } from '../engine/view/visible.ts';
import type { Delegate, Say, Self, Told } from '../agent/delegate.ts';
import { delegateOf } from './delegate-check.ts';
import type { Models } from './models/models.ts';
import type { Batch, Note, Submission } from './loop.ts';

export interface Delegates {
  /** After a commit: everybody hears, and what they say goes into the inbox. */
  committed(batch: Batch): void;
  /** Wakes those whose time has come. */
  wake(): void;
  nextWakeAt(): Instant | null;
  /** Brings delegates up to date after a start: what is open and running, and their notes. */
  resume(notes: readonly Note[]): void;
  /** Lets all delegates go; nothing they said later counts. */
  close(): void;
}

export interface DelegateParts {
  market(): Market;
  lookup: Lookup;
  now(): Instant;
  entropy(): number;
  /** All events of a call, from the archive. */
  history(cfpId: string): Event[];
  models: Pick<Models, 'turn' | 'noticed'>;
  submit(s: Submission): boolean;
  /** Something was put into the inbox. */
  stir(): void;
}

/** Runs the delegates of a market. */
export function createDelegates(parts: DelegateParts): Delegates {
  return new Runner(parts);
}

class Runner implements Delegates {
  private readonly parts: DelegateParts;
  private readonly all = new Map<string, Delegate>();

  constructor(parts: DelegateParts) {
    this.parts = parts;
  }

  private selfOf(agentId: string): Self {
    const m = this.parts.market();
    const agent = m.agents.get(agentId);
    // Where its project pays, what the project can spend.
    const id =
      agent === undefined
        ? agentAccount(agentId)
        : fundingAccount(m, agent, projectOf(agent, undefined));
    const account = accountOf(m.ledger, id);
    return { agentId, now: this.parts.now(), available: available(account) };
  }

  /** Follows `delegate-set`: an agent gets, changes or loses its delegate. */
  private follow(agent: Agent): void {
    const config = agent.delegate;
    const made =
      config === null ? null : delegateOf(config.policy, config.params, this.parts.entropy());
    if (made === null) this.all.delete(agent.id);
    else this.all.set(agent.id, made);
  }

  /** The default delegate of an agent that gives a valuation with a call. */
  private representative(agentId: string): Delegate | null {
    const known = this.all.get(agentId);
    if (known !== undefined) return known;
    const made = delegateOf('truthful', {}, this.parts.entropy());
    if (made !== null) this.all.set(agentId, made);
    return made;
  }

  private tell(agentId: string, delegate: Delegate, e: Event): void {
    const data = forAgent(this.parts.lookup, e, agentId);
    if (data === null) return;
    const told: Told = { seq: e.seq, at: e.at, type: e.type, data };
    this.speak(agentId, delegate, delegate.hear(told, this.selfOf(agentId)));
  }

  private speak(agentId: string, delegate: Delegate, says: readonly Say[]): void {
    for (const say of says) this.submit(agentId, delegate, say);
  }

  /** Asks a language model; where none answers in time its strategy moves. */
  private consult(agentId: string, delegate: Delegate, say: Consult): void {
    const answer = (turn: Record<string, unknown>): void => {
      if (this.all.get(agentId) !== delegate) return;
      const heard = { say, ok: true, body: turn };
      this.speak(agentId, delegate, delegate.answered(heard, this.selfOf(agentId)));
    };
    const asked = this.parts.models.turn(agentId, say.cfpId, say.question);
    void asked.then((turn) => answer(turn === null ? {} : { ...turn }));
  }

  private submit(agentId: string, delegate: Delegate, say: Say): void {
    if (say.to === 'model') return this.consult(agentId, delegate, say);
    const parsed = commandOf(say);
    const heard = (ok: boolean, reply: Record<string, unknown>): void => {
      if (this.all.get(agentId) !== delegate) return;
      this.speak(
        agentId,
        delegate,
        delegate.answered({ say, ok, body: reply }, this.selfOf(agentId)),
      );
    };
    if (!parsed.ok) return heard(false, problemDocument(parsed.problem));
    const { command, valuation } = parsed.value;
    const taken = this.parts.submit({
      actor: { kind: 'agent', id: agentId },
      body: command,
      key: null,
      show: (_m: Market, about: About) => ({ ...about }),
      reply: (r) => heard(r.status < 400, JSON.parse(r.body) as Record<string, unknown>),
      ...(valuation === undefined
        ? {}
        : { note: ({ cfpId = '' }: About) => ({ agent: agentId, id: cfpId, body: valuation }) }),
    });
    if (taken) this.parts.stir();
    else heard(false, {});
  }

  private entrust(n: Note): void {
    const delegate = this.representative(n.agent);
    if (delegate === null) return;
    const says = delegate.entrust(n.id, n.body as body.Valuation, this.selfOf(n.agent));
    this.speak(n.agent, delegate, says);
  }

  committed({ entries, notes }: Batch): void {
    // Before the events, so that a delegate made for a call also hears of it.
    for (const n of notes) this.representative(n.agent);
    for (const { event: e } of entries) {
      this.parts.models.noticed(e);
      if (e.type === 'delegate-set') {
        const agent = this.parts.market().agents.get(e.agentId);
        if (agent !== undefined) this.takeUp(agent);
      }
      for (const [agentId, delegate] of this.all) this.tell(agentId, delegate, e);
    }
    for (const n of notes) this.entrust(n);
  }

  wake(): void {
    const now = this.parts.now();
    for (const [agentId, delegate] of this.all) {
      const at = delegate.wakeAt();
      if (at !== null && at <= now)
        this.speak(agentId, delegate, delegate.wake(this.selfOf(agentId)));
    }
  }

  nextWakeAt(): Instant | null {
    let next: Instant | null = null;
    for (const delegate of this.all.values()) {
      const at = delegate.wakeAt();
      if (at !== null && (next === null || at < next)) next = at;
    }
    return next;
  }

  resume(notes: readonly Note[]): void {
    const m = this.parts.market();
    for (const agent of m.agents.values()) if (agent.delegate !== null) this.follow(agent);
    for (const n of notes) this.representative(n.agent);
    const present = this.present();
    for (const [agentId, delegate] of this.all) this.remember(agentId, delegate, present);
    for (const n of notes) this.entrust(n);
  }

  /** A delegate that takes over in mid-life knows what its agent has been told. */
  private takeUp(agent: Agent): void {
    this.follow(agent);
    const delegate = this.all.get(agent.id);
    if (delegate !== undefined) this.remember(agent.id, delegate, this.present());
  }

  private present(): Event[] {
    return presentEvents(this.parts.market(), (cfpId) => this.parts.history(cfpId));
  }

  /** History is only remembered; what would have been said then has been said. */
  private remember(agentId: string, delegate: Delegate, events: readonly Event[]): void {
    for (const e of events) {
      const data = forAgent(this.parts.lookup, e, agentId);
      if (data === null) continue;
      delegate.hear({ seq: e.seq, at: e.at, type: e.type, data }, this.selfOf(agentId));
    }
  }

  close(): void {
    this.all.clear();
  }
}

/** What is still going on, as the events that made it: resources, open calls, running leases. */
function presentEvents(m: Market, history: (cfpId: string) => Event[]): Event[] {
  const calls = new Set<string>();
  for (const c of m.conversations.values()) if (isOpen(c)) calls.add(c.id);
  for (const l of m.leases.values()) {
    if (!isRunning(l)) continue;
    calls.add(l.cfpId);
    if (l.needId !== null) calls.add(l.needId);
  }
  const seen = new Map<number, Event>();
  for (const id of calls) for (const e of history(id)) seen.set(e.seq, e);
  const resources = [...m.resources.values()].flatMap((r) => resourceEvents(m, r.id));
  return [...resources, ...[...seen.values()].sort((a, b) => a.seq - b.seq)];
}

/** A resource as it stands, told as the two events that lead there. */
function resourceEvents(m: Market, resourceId: string): Event[] {
  const r = m.resources.get(resourceId);
  if (r === undefined) return [];
  const { ownerId, kind, model, vramBytes, memoryBytes, reservePrice, simulated, paused } = r;
  const stamp = { seq: m.seq, at: m.at, resourceId, reservePrice };
  const what = { ownerId, kind, model, count: r.slots.length, vramBytes, memoryBytes, simulated };
  return [
    { ...stamp, type: 'resource-added', ...what },
    { ...stamp, type: 'resource-changed', paused },
  ];
}

type Consult = Extract<Say, { to: 'model' }>;
type Parsed = { command: CommandBody; valuation?: body.Valuation };

/** Through the codec, like any message from outside. */
function commandOf(say: Exclude<Say, Consult>): Read<Parsed> {
  const map = <T>(r: Read<T>, make: (value: T) => Parsed): Read<Parsed> =>
    r.ok ? { ok: true, value: make(r.value) } : r;
  switch (say.to) {
    case 'cfps':
      return map(read(body.postCfp, say.body), ({ valuation, ...call }) => ({
        command: { type: 'open-cfp', body: call },
        ...(valuation === undefined ? {} : { valuation }),
      }));
    case 'proposals':
      return map(read(body.propose, say.body), (b) => ({
        command: { type: 'propose', cfpId: say.cfpId, body: b },
      }));
    case 'refusals':
      return map(read(body.refuseCall, say.body), (b) => ({
        command: { type: 'refuse', cfpId: say.cfpId, body: b },
      }));
    case 'award':
      return map(read(body.award, say.body), (b) => ({
        command: { type: 'award', cfpId: say.cfpId, body: b },
      }));
    case 'offers':
      return map(read(body.bargainOffer, say.body), (b) => ({
        command: { type: 'offer', cfpId: say.cfpId, body: b },
      }));
    case 'accept':
      return map(read(body.bargainAnswer, say.body), (b) => ({
        command: { type: 'accept-offer', cfpId: say.cfpId, body: b },
      }));
    case 'quit':
      return map(read(body.bargainAnswer, say.body), (b) => ({
        command: { type: 'quit', cfpId: say.cfpId, body: b },
      }));
    case 'cancel':
      return { ok: true, value: { command: { type: 'cancel', cfpId: say.cfpId } } };
  }
}
