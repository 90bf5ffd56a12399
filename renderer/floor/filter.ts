// What of the market the floor shows. Places do not depend on it: what comes back stands where it
// stood.
import type { CallView, LeaseView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { parseCredits } from '../words/input.ts';
import { isLive, stuckReason } from '../words/market.ts';

export interface Filter {
  /** Part of the name of an agent to follow. */
  agent: string;
  project: string;
  kind: string;
  state: string;
  /** Decimal credits, '' for no bound. */
  from: string;
  to: string;
  stuck: boolean;
  /** Agents with nothing going on are left out. */
  active: boolean;
}

export const NO_FILTER: Filter = {
  agent: '',
  project: '',
  kind: '',
  state: '',
  from: '',
  to: '',
  stuck: false,
  active: false,
};

export function filterOf(params: Readonly<Record<string, string>>): Filter {
  const { agent = '', project = '', kind = '', state = '', from = '', to = '' } = params;
  const stuck = params.stuck === '1';
  return { agent, project, kind, state, from, to, stuck, active: params.active === '1' };
}

/** True when calls are left out, so that agents without a shown call are too. */
export function narrows(filter: Filter): boolean {
  const { agent, project, kind, state, from, to, stuck } = filter;
  return stuck || [agent, project, kind, state, from, to].some((text) => text !== '');
}

/** What a call costs as far as is known: agreed, else best proposed, else its limit. */
export function priceOf(call: CallView, lease: LeaseView | undefined): number {
  if (lease) return lease.price;
  const prices = call.dialogues.flatMap(({ proposal }) =>
    proposal?.state === 'live' ? [proposal.price] : [],
  );
  if (prices.length === 0) return call.limitPrice;
  return call.direction === 'offer' ? Math.max(...prices) : Math.min(...prices);
}

export function passes(call: CallView, filter: Filter, model: Model, now: number): boolean {
  const lease = call.leaseId === null ? undefined : model.leases.get(call.leaseId);
  if (filter.stuck && stuckReason(call, lease ?? null, now) === null) return false;
  if (filter.project !== '' && call.project !== filter.project) return false;
  if (filter.kind !== '' && kindOf(call) !== filter.kind) return false;
  if (filter.state !== '' && !inState(call, filter.state)) return false;
  if (filter.agent !== '' && !involves(call, filter.agent, model)) return false;
  const price = priceOf(call, lease) / 1_000_000;
  const from = parseCredits(filter.from);
  const to = parseCredits(filter.to);
  return (from === null || price >= from) && (to === null || price <= to);
}

/** A bargaining is still shown as one while it leaves without a deal. */
function inState(call: CallView, state: string): boolean {
  if (state === 'bargaining' && call.bargaining?.state === 'conflict') return true;
  return state === 'live' ? isLive(call) : call.state === state;
}

function kindOf(call: CallView): string {
  return call.need?.kind ?? call.offer?.kind ?? '';
}

export function isNamed(model: Model, id: string, text: string): boolean {
  return (model.agents.get(id)?.name ?? '').toLowerCase().includes(text.toLowerCase());
}
function involves(call: CallView, text: string, model: Model): boolean {
  return (
    isNamed(model, call.managerId, text) ||
    call.dialogues.some(({ agentId }) => isNamed(model, agentId, text))
  );
}
