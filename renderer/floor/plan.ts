// From the records to nodes and edges: who stands on the floor, where, and what runs between them.
// Built a few times a second; nodes and edges that did not change keep their identity, so React
// Flow renders only what is new. What a node says is its own business: it reads its own record.
import type { AgentView, CallView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { isLive } from '../words/market.ts';
import { type Filter, isNamed, narrows, passes } from './filter.ts';
import {
  callColumnsFor,
  positionOf,
  type Role,
  rowsOf,
  type Size,
  sizeOf,
  type Step,
  STEPS,
  stepFor,
} from './layout.ts';
import { createPlaces, type Places } from './places.ts';

export interface PlanNode extends Size {
  /** Role and id: `m:agt_…`, `k:cfp_…`, `c:agt_…`. */
  key: string;
  role: Role;
  id: string;
  x: number;
  y: number;
  /** Resources of a contractor, one line each. */
  lines: readonly string[];
  /** Resources beyond those lines. */
  hidden: number;
  /** A call that has ended and is about to leave. */
  leaving: boolean;
}
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
export interface Plan {
  /** The sizes it was drawn by; another object means that everything has moved. */
  step: Step;
  nodes: PlanNode[];
  edges: PlanEdge[];
  counts: Record<Role, number>;
}

/** How long an ended call is still seen before only the ribbon has it. */
export const LEAVE_MS = 1_500;
/** The first contractor stands so far down, amid the calls it serves. */
const CONTRACTORS_AT = 0.3;
/** Beyond these the floor is a map and the rest is said in numbers. */
const CALLS_MAX = 1_500;
const EDGES_MAX = 1_600;

export interface Planner {
  plan(model: Model, filter: Filter, now: number): Plan;
}

export function createPlanner(): Planner {
  let step = -1;
  let ground: Ground = newGround(0);
  const nodes = new Map<string, PlanNode>();
  const edges = new Map<string, PlanEdge>();
  return {
    plan(model, filter, now) {
      const wanted = stepFor(model.agents.size, step);
      if (wanted !== step) {
        step = wanted;
        ground = newGround(step);
        nodes.clear();
      }
      const calls = shownCalls(model, now);
      if (widen(ground, calls.length)) nodes.clear();
      settle(ground, model, calls);
      const sieve = sieveOf(model, filter, calls, now);
      const placed = place(ground, model, calls, sieve, nodes);
      const drawn = connect(model, placed, sieve.calls, edges);
      return { step: ground.step, nodes: placed.nodes, edges: drawn, counts: placed.counts };
    },
  };
}

interface Ground {
  step: Step;
  places: Record<Role, Places>;
  /** Roles are sticky: who once called or served keeps that side. */
  managers: Set<string>;
  contractors: Set<string>;
}
/** More calls than places between the two sides: the right side makes room. */
function widen(ground: Ground, calls: number): boolean {
  const { step, places } = ground;
  const callColumns = callColumnsFor(step, calls, step.callColumns);
  if (callColumns === step.callColumns) return false;
  ground.step = { ...step, callColumns };
  places.call.widen(callColumns);
  return true;
}

function newGround(index: number): Ground {
  const step = STEPS[index] ?? (STEPS[0] as Step);
  return {
    step,
    places: {
      manager: createPlaces(step.rows),
      call: createPlaces(step.rows, step.callColumns),
      contractor: createPlaces(step.rows),
    },
    managers: new Set(),
    contractors: new Set(),
  };
}

/** Live calls, calls whose lease runs, and those that have only just ended; oldest first. */
function shownCalls(model: Model, now: number): CallView[] {
  const shown: CallView[] = [];
  for (const call of model.calls.values()) {
    if (isLive(call) || leftAt(model, call) === null || !isGone(model, call, now)) shown.push(call);
  }
  return shown.length > CALLS_MAX ? shown.slice(-CALLS_MAX) : shown;
}
/** When a call was over for good: with its lease, where it has one. An offer ends at its award. */
export function leftAt(model: Model, call: CallView): number | null {
  if (isLive(call)) return null;
  const lease = call.leaseId === null ? undefined : model.leases.get(call.leaseId);
  if (call.direction === 'need' && lease) return lease.ended?.at ?? null;
  return call.endedAt ?? call.replyBy;
}
function isGone(model: Model, call: CallView, now: number): boolean {
  const at = leftAt(model, call);
  return at !== null && now - at > LEAVE_MS;
}

/** Learns who calls and who serves. */
function settle(ground: Ground, model: Model, calls: readonly CallView[]): void {
  const { managers, contractors } = ground;
  for (const { ownerId } of model.resources.values()) contractors.add(ownerId);
  for (const agent of model.agents.values())
    if (agent.kind === 'machine') contractors.add(agent.id);
  for (const { direction, managerId, dialogues } of calls) {
    const [callers, servers] =
      direction === 'need' ? [managers, contractors] : [contractors, managers];
    callers.add(managerId);
    for (const { agentId } of dialogues) servers.add(agentId);
  }
}

interface Sieve {
  calls: Set<string>;
  agent(agent: AgentView): boolean;
}
function sieveOf(model: Model, filter: Filter, calls: readonly CallView[], now: number): Sieve {
  const narrow = narrows(filter);
  const kept = narrow ? calls.filter((call) => passes(call, filter, model, now)) : calls;
  const ids = new Set(kept.map(({ id }) => id));
  if (!narrow && !filter.active) return { calls: ids, agent: () => true };
  const involved = new Set<string>();
  for (const { managerId, dialogues } of kept) {
    involved.add(managerId);
    for (const { agentId } of dialogues) involved.add(agentId);
  }
  const named = (id: string): boolean => filter.agent !== '' && isNamed(model, id, filter.agent);
  const busy = (one: AgentView): boolean => one.kind === 'machine' || one.runningLeases > 0;
  return {
    calls: ids,
    agent: (one) => involved.has(one.id) || named(one.id) || (!narrow && busy(one)),
  };
}

interface Placed {
  nodes: PlanNode[];
  keys: Set<string>;
  counts: Record<Role, number>;
}

function place(
  ground: Ground,
  model: Model,
  calls: readonly CallView[],
  sieve: Sieve,
  known: Map<string, PlanNode>,
): Placed {
  const placed: Placed = {
    nodes: [],
    keys: new Set(),
    counts: { manager: 0, call: 0, contractor: 0 },
  };
  const put = (
    role: Role,
    id: string,
    lines: readonly string[],
    leaving: boolean,
    near?: number,
  ) => {
    const node = nodeOf(ground, role, id, lines, leaving, near, known);
    placed.keys.add(node.key);
    placed.nodes.push(node);
    placed.counts[role] += 1;
  };
  const owned = resourcesByOwner(model);
  const middle = Math.floor(ground.step.rows * CONTRACTORS_AT);
  for (const agent of model.agents.values()) {
    const serves = ground.contractors.has(agent.id);
    const shown = sieve.agent(agent);
    const lines = owned.get(agent.id) ?? [];
    if (ground.managers.has(agent.id) || !serves) {
      if (shown) put('manager', agent.id, [], false);
      else ground.places.manager.take(agent.id, 1);
    }
    if (serves && shown) put('contractor', agent.id, lines, false, middle);
  }
  const present = new Set(calls.map(({ id }) => id));
  for (const id of ground.places.call.keys()) if (!present.has(id)) ground.places.call.free(id);
  for (const call of calls) {
    if (!sieve.calls.has(call.id)) continue;
    const home = ground.places.manager.has(call.managerId)
      ? ground.places.manager.take(call.managerId, 1).row
      : undefined;
    put('call', call.id, [], leftAt(model, call) !== null, home);
  }
  for (const key of known.keys()) if (!placed.keys.has(key)) known.delete(key);
  return placed;
}

function resourcesByOwner(model: Model): Map<string, string[]> {
  const owned = new Map<string, string[]>();
  for (const { id, ownerId } of model.resources.values()) {
    const all = owned.get(ownerId);
    if (all) all.push(id);
    else owned.set(ownerId, [id]);
  }
  return owned;
}

const PREFIX: Record<Role, string> = { manager: 'm', call: 'k', contractor: 'c' };
/** As many resource lines as a contractor shows; the rest is a number. */
export const LINES_MAX = 4;

function nodeOf(
  ground: Ground,
  role: Role,
  id: string,
  all: readonly string[],
  leaving: boolean,
  near: number | undefined,
  known: Map<string, PlanNode>,
): PlanNode {
  const key = `${PREFIX[role]}:${id}`;
  const lines = all.slice(0, LINES_MAX);
  const before = known.get(key);
  const hidden = all.length - lines.length;
  const same = before?.leaving === leaving && before.hidden === hidden;
  if (same && before.lines.join() === lines.join()) return before;
  const size = sizeOf(ground.step, role, lines.length + (hidden > 0 ? 1 : 0));
  const spot = ground.places[role].take(id, rowsOf(ground.step, size), near);
  const node = {
    key,
    role,
    id,
    lines,
    hidden,
    leaving,
    ...positionOf(ground.step, role, spot),
    ...size,
  };
  known.set(key, node);
  return node;
}

/** Edges between what is shown: awards first, then calls, then bids, as many as can be read. */
function connect(
  model: Model,
  placed: Placed,
  callIds: ReadonlySet<string>,
  known: Map<string, PlanEdge>,
): PlanEdge[] {
  const tiers: [PlanEdge[], PlanEdge[], PlanEdge[]] = [[], [], []];
  for (const id of callIds) {
    const call = model.calls.get(id);
    if (call) edgesOf(model, call, tiers);
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

function edgesOf(model: Model, call: CallView, tiers: [PlanEdge[], PlanEdge[], PlanEdge[]]): void {
  const [awards, calls, bids] = tiers;
  const node = `k:${call.id}`;
  const need = call.direction === 'need';
  const base = { callId: call.id, agentId: '' };
  calls.push(
    need
      ? {
          ...base,
          key: node,
          kind: 'call',
          from: `m:${call.managerId}`,
          to: node,
          fromHandle: 'r',
          toHandle: 'l',
        }
      : {
          ...base,
          key: node,
          kind: 'call',
          from: `c:${call.managerId}`,
          to: node,
          fromHandle: 'l',
          toHandle: 'r',
        },
  );
  const lease = call.leaseId === null ? undefined : model.leases.get(call.leaseId);
  if (lease && need) {
    const to = `c:${lease.contractorId}`;
    const toHandle = lease.resourceId;
    awards.push({
      ...base,
      key: `w:${call.id}`,
      kind: 'award',
      from: node,
      to,
      fromHandle: 'r',
      toHandle,
    });
    return;
  }
  for (const { agentId, proposal, refusal } of call.dialogues) {
    // Of what has ended only the winner's way is still drawn.
    if (isLive(call) ? !proposal && !refusal : proposal?.state !== 'accepted') continue;
    const ends = need
      ? { from: node, to: `c:${agentId}`, fromHandle: 'r', toHandle: 'l' }
      : { from: `m:${agentId}`, to: node, fromHandle: 'r', toHandle: 'l' };
    bids.push({ key: `b:${call.id}:${agentId}`, kind: 'bid', callId: call.id, agentId, ...ends });
  }
}
