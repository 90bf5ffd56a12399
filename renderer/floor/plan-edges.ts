// What runs between the nodes: calls, bids and awards, in the order in which they matter.
import type { CallView, LeaseView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { isLive } from '../words/market.ts';
import type { Placed, PlanNode } from './plan.ts';

/** `call`: thin; `bid`: a proposal or refusal; `award`: thick, to the very resource. */
export interface PlanEdge {
  key: string;
  kind: 'call' | 'bid' | 'award';
  from: string;
  to: string;
  fromHandle: string;
  toHandle: string;
  callId: string;
  /** The contractor of a bid, else ''. */
  agentId: string;
}

/** Beyond, the floor is a map and the rest is said in numbers. */
const EDGES_MAX = 1_600;

/** Edges between what is shown: awards first, then calls, then bids, as many as can be read. */
export function connect(
  model: Model,
  placed: Placed,
  callIds: ReadonlySet<string>,
  known: Map<string, PlanEdge>,
): PlanEdge[] {
  const tiers: Tiers = [[], [], []];
  const slots = slotHandles(placed.nodes);
  for (const id of callIds) {
    const call = model.calls.get(id);
    if (call) edgesOf(model, call, tiers, slots);
  }
  const drawn: PlanEdge[] = [];
  for (const edge of tiers.flat()) {
    if (drawn.length >= EDGES_MAX) break;
    if (!placed.keys.has(edge.from) || !placed.keys.has(edge.to)) continue;
    const before = known.get(edge.key);
    const same = before?.kind === edge.kind && before.toHandle === edge.toHandle;
    drawn.push(same ? before : edge);
  }
  known.clear();
  for (const edge of drawn) known.set(edge.key, edge);
  return drawn;
}

type Tiers = [awards: PlanEdge[], calls: PlanEdge[], bids: PlanEdge[]];

/** Resources whose slots have handles of their own, with how many share a row. */
function slotHandles(nodes: readonly PlanNode[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { lines } of nodes) {
    for (const { id, perRow } of lines) if (perRow > 0) found.set(id, perRow);
  }
  return found;
}

function edgesOf(model: Model, call: CallView, tiers: Tiers, slots: Map<string, number>): void {
  const [awards, calls, bids] = tiers;
  const node = `k:${call.id}`;
  const need = call.direction === 'need';
  const base = { callId: call.id, agentId: '', fromHandle: 'r', toHandle: 'l' };
  // An offer hangs below its seller.
  const [from, fromHandle] = need ? [`m:${call.managerId}`, 'r'] : [`c:${call.managerId}`, 'd'];
  calls.push({ ...base, key: node, kind: 'call', from, to: node, fromHandle });
  const lease = call.leaseId === null ? undefined : model.leases.get(call.leaseId);
  if (lease && need) {
    const to = `c:${lease.contractorId}`;
    const toHandle = handleOf(lease, slots);
    awards.push({ ...base, key: `w:${call.id}`, kind: 'award', from: node, to, toHandle });
    return;
  }
  for (const { agentId, proposal, refusal } of call.dialogues) {
    // Of what has ended only the winner's way is still drawn.
    if (isLive(call) ? !proposal && !refusal : proposal?.state !== 'accepted') continue;
    const ends = need ? { from: node, to: `c:${agentId}` } : { from: `m:${agentId}`, to: node };
    bids.push({ ...base, key: `b:${call.id}:${agentId}`, kind: 'bid', agentId, ...ends });
  }
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
