import { LIMITS } from '../../../engine/base/limits.ts';
import { type Lease, LEASE_STATES, leaseOf, type Market } from '../../../engine/market/state.ts';
import * as body from '../../../engine/protocol/bodies.ts';
import { problem } from '../../../engine/protocol/problems.ts';
import { leaseDocument, mayReadLease } from '../../../engine/view/documents.ts';
import type { About, CommandBody } from '../../../engine/market/commands.ts';
import { choiceParam, page } from '../paging.ts';
import { type Context, no, ok, type Outcome, type Route, type ToLoop } from '../route.ts';

function find(c: Context): Lease | null {
  const id = c.params.id ?? '';
  return c.market.leases.get(id) ?? c.services.queries.lease(id);
}

/** Reads a lease that the reader is a party of, else says why not. */
function reading(c: Context, then: (lease: Lease) => Outcome): Outcome {
  const lease = find(c);
  if (lease === null) return no(problem('not-found', 'there is no such lease'));
  if (mayReadLease(lease, c.viewer)) return then(lease);
  return no(problem('forbidden', 'only its parties can read a lease'));
}

/** A command on a lease; one that has left memory has ended. */
function command(c: Context, make: (leaseId: string) => CommandBody): Outcome {
  const leaseId = c.params.id ?? '';
  if (!c.market.leases.has(leaseId) && find(c) !== null) {
    return no(problem('lease-ended', 'the lease has ended'));
  }
  const show: ToLoop['show'] = (m: Market, about: About) => ({
    lease: leaseDocument(leaseOf(m, about.leaseId ?? leaseId)),
  });
  return { command: make(leaseId), show };
}

export const leaseRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/leases',
    who: 'token',
    summary: 'Lists leases in memory that the reader is a party of',
    query: {
      state: LEASE_STATES.join(', '),
      cursor: 'id to go on after',
      limit: `1 to ${LIMITS.pageMax}`,
    },
    replies: 'leases, next',
    handle: ({ market, query, viewer }) => {
      const state = choiceParam(query, 'state', LEASE_STATES);
      const all = [...market.leases.values()].filter(
        (l) => (state === undefined || l.state === state) && mayReadLease(l, viewer),
      );
      const { items, next } = page(all, query);
      return ok({ leases: items.map(leaseDocument), next });
    },
  },
  {
    method: 'GET',
    path: '/v1/leases/{id}',
    who: 'token',
    summary: 'One lease, for its parties and the operator',
    replies: 'lease',
    handle: (c) => reading(c, (lease) => ok({ lease: leaseDocument(lease) })),
  },
  {
    method: 'GET',
    path: '/v1/leases/{id}/log',
    who: 'token',
    summary: 'What the lease’s process has written so far (the last part of it)',
    replies: 'log, running',
    handle: (c) => reading(c, (lease) => ok({ ...c.services.jobLog(lease.id) })),
  },
  {
    method: 'GET',
    path: '/v1/leases/{id}/follow',
    who: 'token',
    summary:
      'What its process writes, as server-sent events: output, dropped, and end with the lease',
    replies: 'text/event-stream; ids are positions in the output, resumable by Last-Event-ID',
    handle: () => no(problem('not-available', 'output is streamed over HTTP only')),
  },
  {
    method: 'POST',
    path: '/v1/leases/{id}/renew',
    who: 'agent',
    summary: 'Renews for one more full term, while the slots are free',
    body: body.renew,
    replies: 'lease, receipt',
    handle: (c) =>
      command(c, (leaseId) => ({
        type: 'renew',
        leaseId,
        body: c.body as body.Of<typeof body.renew>,
      })),
  },
  {
    method: 'POST',
    path: '/v1/leases/{id}/done',
    who: 'agent',
    summary: 'Reports the work done: the price is posted, the rest released',
    body: body.done,
    replies: 'lease, receipt',
    handle: (c) =>
      command(c, (leaseId) => ({
        type: 'done',
        leaseId,
        body: c.body as body.Of<typeof body.done>,
      })),
  },
  {
    method: 'POST',
    path: '/v1/leases/{id}/fail',
    who: 'agent',
    summary: 'Reports a failure: nothing is charged',
    body: body.fail,
    replies: 'lease, receipt',
    handle: (c) =>
      command(c, (leaseId) => ({
        type: 'fail',
        leaseId,
        body: c.body as body.Of<typeof body.fail>,
      })),
  },
  {
    method: 'POST',
    path: '/v1/leases/{id}/give-back',
    who: 'token',
    summary: 'The owner takes the slots back: after the agreed window, for the agreed penalty',
    body: body.nothing,
    replies: 'lease, receipt',
    handle: (c) => command(c, (leaseId) => ({ type: 'give-back', leaseId })),
  },
];
