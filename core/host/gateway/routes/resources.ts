import { LIMITS } from '../../../engine/base/limits.ts';
import { resourceOf } from '../../../engine/market/state.ts';
import * as body from '../../../engine/protocol/bodies.ts';
import { problem } from '../../../engine/protocol/problems.ts';
import { resourceDocument } from '../../../engine/view/documents.ts';
import { page } from '../paging.ts';
import { type Context, no, ok, type Outcome, type Route } from '../route.ts';

/** An agent adds its own; the operator adds to this machine's seller. */
function add({ actor, viewer, body: b, market }: Context): Outcome {
  const seller = [...market.agents.values()].find((a) => a.kind === 'machine');
  const ownerId = actor.kind === 'agent' ? actor.id : (seller?.id ?? '');
  return {
    command: { type: 'add-resource', ownerId, body: b as body.Of<typeof body.addResource> },
    show: (m, { resourceId = '' }) => ({
      resource: resourceDocument(m, resourceOf(m, resourceId), viewer),
    }),
  };
}

export const resourceRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/resources',
    who: 'token',
    creates: true,
    summary: 'Puts a resource of `count` slots on the market',
    body: body.addResource,
    replies: 'resource, receipt',
    handle: add,
  },
  {
    method: 'GET',
    path: '/v1/resources',
    who: 'token',
    summary: 'Lists resources with state, holder and price',
    query: { cursor: 'id to go on after', limit: `1 to ${LIMITS.pageMax}` },
    replies: 'resources, next',
    handle: ({ market, query, viewer }) => {
      const { items, next } = page([...market.resources.values()], query);
      return ok({ resources: items.map((r) => resourceDocument(market, r, viewer)), next });
    },
  },
  {
    method: 'GET',
    path: '/v1/resources/{id}',
    who: 'token',
    summary: 'One resource with its slots',
    replies: 'resource',
    handle: ({ market, params, viewer }) => {
      const resource = market.resources.get(params.id ?? '');
      if (resource === undefined) return no(problem('not-found', 'there is no such resource'));
      return ok({ resource: resourceDocument(market, resource, viewer) });
    },
  },
  {
    method: 'PUT',
    path: '/v1/resources/{id}',
    who: 'token',
    summary: 'Changes the reserve price, or pauses and resumes selling',
    body: body.changeResource,
    replies: 'resource, receipt',
    handle: ({ params, viewer, body: b }) => ({
      command: {
        type: 'change-resource',
        resourceId: params.id ?? '',
        body: b as body.Of<typeof body.changeResource>,
      },
      show: (m, { resourceId = '' }) => ({
        resource: resourceDocument(m, resourceOf(m, resourceId), viewer),
      }),
    }),
  },
];
