// What the two parties of a bargaining can say, and how a manual manager opens one.
import { conversationOf, leaseOf, type Market } from '../../../engine/market/state.ts';
import * as body from '../../../engine/protocol/bodies.ts';
import { bargainingDocument } from '../../../engine/view/bargaining.ts';
import { cfpDocument, leaseDocument, type Viewer } from '../../../engine/view/documents.ts';
import type { Route } from '../route.ts';
import { onOpenCall } from './calls.ts';

const bargainingOf = (m: Market, cfpId: string, viewer: Viewer): unknown =>
  bargainingDocument(conversationOf(m, cfpId), viewer);

export const bargainingRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v1/cfps/{id}/bargain',
    who: 'agent',
    summary: 'Opens a bargaining over a negotiable proposal, in a call with manual award',
    body: body.award,
    replies: 'bargaining, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'bargain', cfpId, body: c.body as body.Of<typeof body.award> },
      show: (m) => ({ bargaining: bargainingOf(m, cfpId, c.viewer) }),
    })),
  },
  {
    method: 'POST',
    path: '/v1/cfps/{id}/offers',
    who: 'agent',
    summary: 'Makes an offer in a bargaining; the manager’s credits are held for it',
    body: body.bargainOffer,
    replies: 'bargaining, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'offer', cfpId, body: c.body as body.Of<typeof body.bargainOffer> },
      show: (m) => ({ bargaining: bargainingOf(m, cfpId, c.viewer) }),
    })),
  },
  {
    method: 'POST',
    path: '/v1/cfps/{id}/accept',
    who: 'agent',
    summary: 'Accepts the other side’s standing offer: an award at its terms',
    body: body.bargainAnswer,
    replies: 'lease, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'accept-offer', cfpId, body: c.body as body.Of<typeof body.bargainAnswer> },
      show: (m, { leaseId = '' }) => ({ lease: leaseDocument(leaseOf(m, leaseId)) }),
    })),
  },
  {
    method: 'POST',
    path: '/v1/cfps/{id}/quit',
    who: 'agent',
    summary: 'Walks away from a bargaining: no agreement, everything is released',
    body: body.bargainAnswer,
    replies: 'cfp, receipt',
    handle: onOpenCall((c, cfpId) => ({
      command: { type: 'quit', cfpId, body: c.body as body.Of<typeof body.bargainAnswer> },
      show: (m) => ({ cfp: cfpDocument(m, conversationOf(m, cfpId), c.viewer) }),
    })),
  },
];
