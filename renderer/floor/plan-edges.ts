// What runs between the nodes: calls, bids and awards, in the order in which they matter.
import type { CallView, LeaseView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { isLive } from '../words/market.ts';
import type { Placed, PlanNode } from './plan.ts';

/**
 * `call`: thin; `bid`: a proposal or refusal; `bargain`: a proposal that is bargained over;
 * `award`: thick, to the very resource.
 */
export interface PlanEdge {
  key: string;
  kind: 'call' | 'bid' | 'bargain' | 'award';
  from: string;
  to: string;
  fromHandle: string;
  toHandle: string;
  callId: string;
  /** The contractor of a bid or a bargaining, else ''. */
  agentId: string;
  /** A bid whose price matters now: it is live, or of the newest sale. */
  spoken: boolean;
}

/** Beyond, the floor is a map and the rest is said in numbers. */
const EDGES_MAX = 1_600;

/** Edges between what is shown: deals first, then calls, then bids, as many as can be read. */
export function connect(
  model: Model,
  placed: Placed,
  callIds: ReadonlySet<string>,
  known: Map<string, PlanEdge>,
): PlanEdge[] {
  const tiers: Tiers = [[], [], []];
  const slots = slotHandles(placed.nodes);
  const calls = [...callIds].flatMap((id) => model.calls.get(id) ?? []);
  const sale = newestSale(calls);
  for (const call of calls) edgesOf(model, call, tiers, { slots, sale });
  const drawn: PlanEdge[] = [];
  for (const edge of tiers.flat()) {
    if (drawn.length >= EDGES_MAX) break;
    if (!placed.keys.has(edge.from) || !placed.keys.has(edge.to)) continue;
    const before = known.get(edge.key);
    const same = before?.kind === edge.kind && before.toHandle === edge.toHandle;
    drawn.push(same && before.spoken === edge.spoken ? before : edge);
  }
  known.clear();
  for (const edge of drawn) known.set(edge.key, edge);
  // What is drawn last lies on top: the prices of a bargaining are read while it lasts.
  const last = ({ kind }: PlanEdge): boolean => kind === 'bargain';
  return [...drawn.filter((one) => !last(one)), ...drawn.filter(last)];
}

/** Awards and bargainings; calls; bids. */
type Tiers = [deals: PlanEdge[], calls: PlanEdge[], bids: PlanEdge[]];

/** Resources whose slots have handles of their own, with how many share a row. */
function slotHandles(nodes: readonly PlanNode[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { lines } of nodes) {
    for (const { id, perRow } of lines) if (perRow > 0) found.set(id, perRow);
  }
  return found;
}

/**
 * Of the sales that are leaving, the one that ended last: a sale takes a millisecond, and who bid
 * what has to be seen for as long as the sale is.
 */
function newestSale(calls: readonly CallView[]): CallView | null {
  let newest: CallView | null = null;
  for (const call of calls) {
    if (call.direction === 'need' || isLive(call)) continue;
    if (newest === null || call.openedAt >= newest.openedAt) newest = call;
  }
  return newest;
}

interface Context {
  slots: Map<string, number>;
  sale: CallView | null;
}

function edgesOf(model: Model, call: CallView, tiers: Tiers, { slots, sale }: Context): void {
  const [deals, calls, bids] = tiers;
  const node = `k:${call.id}`;
  const need = call.direction === 'need';
  const base = { callId: call.id, agentId: '', fromHandle: 'r', toHandle: 'l', spoken: false };
  // An offer hangs below its seller.
  const [from, fromHandle] = need ? [`m:${call.managerId}`, 'r'] : [`c:${call.managerId}`, 'd'];
  calls.push({ ...base, key: node, kind: 'call', from, to: node, fromHandle });
  const lease = call.leaseId === null ? undefined : model.leases.get(call.leaseId);
  if (lease && need) {
    const to = `c:${lease.contractorId}`;
    const toHandle = handleOf(lease, slots);
    deals.push({ ...base, key: `w:${call.id}`, kind: 'award', from: node, to, toHandle });
    return;
  }
  const opponent = need ? bargainsWith(call) : null;
  if (opponent !== null) {
    const to = `c:${opponent}`;
    const [key, agentId] = [`g:${call.id}`, opponent];
    deals.push({ ...base, key, kind: 'bargain', from: node, to, agentId, spoken: true });
  }
  const all = isLive(call) || call === sale;
  for (const { agentId, proposal, refusal } of call.dialogues) {
    if (agentId === opponent) continue;
    // Of what has ended only the winner's way is still drawn.
    if (all ? !proposal && !refusal : proposal?.state !== 'accepted') continue;
    const ends = need ? { from: node, to: `c:${agentId}` } : { from: `m:${agentId}`, to: node };
    const key = `b:${call.id}:${agentId}`;
    bids.push({ ...base, key, kind: 'bid', agentId, spoken: all, ...ends });
  }
}

/** Whom a call bargains with, or has just failed to agree with. */
function bargainsWith({ bargaining }: CallView): string | null {
  if (bargaining === null || bargaining.state === 'agreed') return null;
  return bargaining.contractorId;
}

/** The row of its slot, where slots have rows, else the line of its resource. */
function handleOf(
  { resourceId, slots: [slot = 0] }: LeaseView,
  slots: Map<string, number>,
): string {
  const perRow = slots.get(resourceId);
  return perRow === undefined ? resourceId : slotHandle(resourceId, Math.floor(slot / perRow));
}
export const slotHandle = (resourceId: string, row: number): string => `${resourceId}/${row}`;
export const isSlotHandle = (handle: string | null | undefined): boolean =>
  handle?.includes('/') === true;
