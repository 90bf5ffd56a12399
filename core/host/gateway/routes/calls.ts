import { LIMITS } from '../../../engine/base/limits.ts';
import {
  CALL_STATES,
  type Conversation,
  conversationOf,
  leaseOf,
  proposalOf,
} from '../../../engine/market/state.ts';
import * as body from '../../../engine/protocol/bodies.ts';
import { problem, type Problem } from '../../../engine/protocol/problems.ts';
import {
  cfpDocument,
  leaseDocument,
  proposalDocument,
  type Slice,
} from '../../../engine/view/documents.ts';
import { type Names, type TraceLine, traceLines } from '../../../engine/view/trace.ts';
import { choiceParam, page } from '../paging.ts';
import { type Context, no, ok, type Outcome, type Route } from '../route.ts';

type Post = body.Of<typeof body.postCfp>;

const notFound = no(problem('not-found', 'there is no such call'));

/** The valuation goes to the caller's delegate; the market never sees it. */
function post({ actor, body: b, services }: Context): Outcome {
  const { valuation, ...call } = b as Post;
  const run = call.task?.run;
  const bad = run === undefined ? null : services.runProblem(run);
  if (bad !== null) return no({ ...bad, field: `task.${bad.field ?? 'run'}` });
  const agent = actor.kind === 'agent' ? actor.id : '';
  return {
    command: { type: 'open-cfp', body: call },
    show: (m, { cfpId = '' }) => ({
      cfp: cfpDocument(m, conversationOf(m, cfpId), { agentId: agent }),
    }),
    ...(valuation === undefined
      ? {}
      : { note: ({ cfpId = '' }) => ({ agent, id: cfpId, body: valuation }) }),
  };
}

/** From memory, or from the archive where it has left memory. */
function find(c: Context): { m: Slice; call: Conversation } | null {
  const id = c.params.id ?? '';
  const call = c.market.conversations.get(id);
  if (call !== undefined) return { m: c.market, call };
  const old = c.services.queries.conversation(id);
  return old === null ? null : { m: old, call: old.conversation };
}

function list({ market, query, viewer }: Context): Outcome {
  const state = choiceParam(query, 'state', CALL_STATES);
  const mine = query.get('mine') === 'true';
  const all = [...market.conversations.values()].filter(
    (c) =>
      (state === undefined || c.state === state) &&
      (viewer === 'operator' || visible(c, viewer.agentId, mine)),
  );
  const { items, next } = page(all, query);
  return ok({ cfps: items.map((c) => cfpDocument(market, c, viewer)), next });
}

/** Open calls are for everybody; ended ones for those who took part. */
function visible(c: Conversation, agentId: string, mine: boolean): boolean {
  const part = c.managerId === agentId || c.dialogues.has(agentId);
  return part || (!mine && c.state === 'open');
}

function trace(c: Context): Outcome {
  const found = find(c);
  if (found === null) return notFound;
  const { m, call } = found;
  const names: Names = {
    agent: (id) => c.market.agents.get(id)?.name ?? id,
    inside: c.viewer === 'operator' || c.viewer.agentId === call.managerId,
    // Only of this call: an award through an offer also names bids that are sealed in the other.
    proposal(id) {
      const p = m.proposals.get(id) ?? c.market.proposals.get(id);
      return p?.cfpId === call.id ? p : null;
    },
  };
  const lines = c.services.queries.eventsOf(call.id).flatMap((e) => traceLines(e, call.id, names));
  return ok({ trace: lines.filter((line) => mayRead(c, call, line)) });
}

/** An agent reads its own side of a conversation; the manager and the operator read all of it. */
function mayRead({ viewer }: Context, call: Conversation, line: TraceLine): boolean {
  if (viewer === 'operator' || viewer.agentId === call.managerId) return true;
  const { agentId } = viewer;
  return line.performative === 'cfp' || line.fromId === agentId || line.toId === agentId;
}

const isClosed = (c: Context): Problem | null =>
  c.market.conversations.has(c.params.id ?? '') || find(c) === null
    ? null
    : problem('call-closed', 'the call has ended');

/** Commands on a call that is archived get `call-closed` rather than `not-found`. */
export const onOpenCall =
  (make: (c: Context, cfpId: string) => Outcome) =>
  (c: Context): Outcome => {
    const bad = isClosed(c);
    return bad === null ? make(c, c.params.id ?? '') : no(bad);
  };

export const callRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/cfps',
    who: 'agent',
    creates: true,
    summary: 'Calls for proposals: a need (contractors compete) or an offer (buyers compete)',
    body: body.postCfp,
    replies: 'cfp, receipt',
    handle: post,
  },
  {
    method: 'GET',
    path: '/v1/cfps',
    who: 'token',
    summary: 'Lists calls in memory: open ones for all, ended ones for those who took part',
    query: {
      state: CALL_STATES.join(', '),
      mine: 'true: only calls the agent takes part in',
      cursor: 'id to go on after',
      limit: `1 to ${LIMITS.pageMax}`,
    },
    replies: 'cfps, next',
    handle: list,
  },
  {
    method: 'GET',
    path: '/v1/cfps/{id}',
    who: 'token',
    summary: 'One call as the reader may see it; rivals’ bids are never shown',
    replies: 'cfp',
    handle: (c) => {
      const found = find(c);
      return found === null ? notFound : ok({ cfp: cfpDocument(found.m, found.call, c.viewer) });
    },
  },
  {
    method: 'GET',
    path: '/v1/cfps/{id}/trace',
    who: 'token',
    summary: 'The messages of a conversation, one sentence each',
    replies: 'trace',
    handle: trace,
  },
  {
    method: 'POST',
    path: '/v1/cfps/{id}/proposals',
    who: 'agent',
    creates: true,
    summary: 'Proposes, or bids in an offer; holds what it promises',
    body: body.propose,
    replies: 'proposal, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'propose', cfpId, body: c.body as body.Of<typeof body.propose> },
      show: (m, { proposalId = '' }) => ({ proposal: proposalDocument(proposalOf(m, proposalId)) }),
    })),
  },
  {
    method: 'POST',
    path: '/v1/cfps/{id}/refusals',
    who: 'agent',
    creates: true,
    summary: 'Refuses a call, with a typed reason',
    body: body.refuseCall,
    replies: 'refusal, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'refuse', cfpId, body: c.body as body.Of<typeof body.refuseCall> },
      show: () => ({ refusal: { cfpId, ...(c.body as object) } }),
    })),
  },
  {
    method: 'POST',
    path: '/v1/cfps/{id}/award',
    who: 'agent',
    summary: 'Awards a proposal: hold, slots, lease and record in one commit, or none of it',
    body: body.award,
    replies: 'lease, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'award', cfpId, body: c.body as body.Of<typeof body.award> },
      show: (m, { leaseId = '' }) => ({ lease: leaseDocument(leaseOf(m, leaseId)) }),
    })),
  },
  {
    method: 'POST',
    path: '/v1/cfps/{id}/cancel',
    who: 'token',
    summary: 'Cancels a call and releases every hold; after the award it ends the lease',
    body: body.nothing,
    replies: 'cfp, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'cancel', cfpId },
      show: (m) => ({ cfp: cfpDocument(m, conversationOf(m, cfpId), c.viewer) }),
    })),
  },
];
