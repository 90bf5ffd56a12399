// What can be asked of the market. Every command carries who asks, when (logical time) and fresh
// randomness, all stamped by the host; decide adds nothing of its own.
import type { Instant } from '../base/time.ts';
import type * as body from '../protocol/bodies.ts';
import type { Problem } from '../protocol/problems.ts';
import type { Agent, Market } from './state.ts';
import type { AgentKind, Enforcement, Event, Policy } from './events.ts';

export type Actor = { kind: 'operator' } | { kind: 'host' } | { kind: 'agent'; id: string };

export type CommandBody =
  | { type: 'found-market'; marketId: string; policy: Policy }
  | { type: 'register-agent'; body: body.Of<typeof body.registerAgent>; kind: AgentKind }
  | { type: 'set-delegate'; agentId: string; body: body.Of<typeof body.setDelegate> | null }
  | { type: 'set-agent-budget'; agentId: string; body: body.Of<typeof body.setBudget> }
  | { type: 'set-project-budget'; project: string; body: body.Of<typeof body.setBudget> }
  | { type: 'add-resource'; ownerId: string; body: body.Of<typeof body.addResource> }
  | { type: 'change-resource'; resourceId: string; body: body.Of<typeof body.changeResource> }
  | { type: 'open-cfp'; body: body.Of<typeof body.openCfp> }
  | { type: 'propose'; cfpId: string; body: body.Of<typeof body.propose> }
  | { type: 'refuse'; cfpId: string; body: body.Of<typeof body.refuseCall> }
  | { type: 'award'; cfpId: string; body: body.Of<typeof body.award> }
  | { type: 'bargain'; cfpId: string; body: body.Of<typeof body.award> }
  | { type: 'offer'; cfpId: string; body: body.Of<typeof body.bargainOffer> }
  | { type: 'accept-offer'; cfpId: string; body: body.Of<typeof body.bargainAnswer> }
  | { type: 'quit'; cfpId: string; body: body.Of<typeof body.bargainAnswer> }
  | { type: 'cancel'; cfpId: string }
  | { type: 'enforce'; leaseId: string; enforcement: Enforcement }
  | { type: 'renew'; leaseId: string; body: body.Of<typeof body.renew> }
  | { type: 'done'; leaseId: string; body: body.Of<typeof body.done> }
  | { type: 'fail'; leaseId: string; body: body.Of<typeof body.fail> }
  | { type: 'give-back'; leaseId: string }
  | { type: 'set-policy'; body: body.Of<typeof body.setPolicy> }
  | { type: 'tick' };
export type CommandType = CommandBody['type'];

export type Command = CommandBody & {
  actor: Actor;
  at: Instant;
  /** 32 fresh random bits. */
  entropy: number;
};

/** The thing a reply is about; the host renders its document after the events are applied. */
export interface About {
  agentId?: string;
  project?: string;
  resourceId?: string;
  cfpId?: string;
  proposalId?: string;
  leaseId?: string;
}
export type Result =
  { ok: true; status: 200 | 201; about: About } | { ok: false; problem: Problem };

/**
 * What decide says: the events to append, and the answer. Refusals may leave a trace as events.
 * `seq` and `at` of an event are 0 until step fills them in: a copy would cost a sixth of a turn.
 */
export interface Decision {
  events: Event[];
  result: Result;
}

export function accepted(events: Event[], about: About, status: 200 | 201 = 200): Decision {
  return { events, result: { ok: true, status, about } };
}
export function refused(problem: Problem, events: Event[] = []): Decision {
  return { events, result: { ok: false, problem } };
}

/** The agent that acts, or null for the operator, the host and strangers. */
export function actingAgent(m: Market, actor: Actor): Agent | null {
  return actor.kind === 'agent' ? (m.agents.get(actor.id) ?? null) : null;
}
