// From the records to nodes and edges: who stands on the floor, where, and what runs between them.
// Built a few times a second; nodes and edges that did not change keep their identity, so React
// Flow renders only what is new. What a node says is its own business: it reads its own record.
import type { AgentView, CallView, ResourceView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { isLive } from '../words/market.ts';
import { type Filter, isNamed, narrows, passes } from './filter.ts';
import {
  callColumnsFor,
  type Line,
  lineOf,
  metricsOf,
  positionOf,
  type Role,
  rowsOf,
  type Size,
  sizeOf,
  type Step,
  STEPS,
  stepFor,
} from './layout.ts';
import { type Box, boundsOf } from './bounds.ts';
import { createPlaces, type Places } from './places.ts';
import { connect, type PlanEdge } from './plan-edges.ts';

export interface PlanNode extends Size {
  /** Role and id: `m:agt_…`, `k:cfp_…`, `c:agt_…`. */
  key: string;
  role: Role;
  id: string;
  x: number;
  y: number;
  /** Column of its block, from 0. */
  column: number;
  /** Resources of a contractor, one line each. */
  lines: readonly Line[];
  /** Resources beyond those lines. */
  hidden: number;
  /** A call that has ended and is about to leave. */
  leaving: boolean;
}
export interface Plan {
  /** The sizes it was drawn by; another object means that everything has moved. */
  step: Step;
  nodes: PlanNode[];
  edges: PlanEdge[];
  counts: Record<Role, number>;
  /** Room that it has needed since it was laid out: it grows, it never shrinks. */
  box: Box;
}

/** How long an ended call is still seen before only the ribbon has it. */
export const LEAVE_MS = 1_500;
/** The same after a bargaining without a deal: why has to be read. */
export const CONFLICT_MS = 4_000;
/** The first contractor stands so far down, amid the calls it serves. */
const CONTRACTORS_AT = 0.3;
/** Beyond, the floor is a map and the rest is said in numbers. */
const CALLS_MAX = 1_500;

export interface Planner {
  plan(model: Model, filter: Filter, now: number): Plan;
}

export function createPlanner(): Planner {
  let step = -1;
  let ground: Ground = newGround(0);
  let box: Box | null = null;
  const nodes = new Map<string, PlanNode>();
  const edges = new Map<string, PlanEdge>();
  return {
    plan(model, filter, now) {
      const wanted = stepFor(model.agents.size, step);
      if (wanted !== step) {
        step = wanted;
        ground = newGround(step);
        box = null;
        nodes.clear();
      }
      const calls = shownCalls(model, now);
      if (widen(ground, needs(calls))) {
        box = null;
        nodes.clear();
      }
      settle(ground, model, calls);
      const sieve = sieveOf(model, filter, calls, now);
      const placed = place(ground, model, calls, sieve, nodes);
      const drawn = connect(model, placed, sieve.calls, edges);
      box = boundsOf(ground.step, placed.nodes, box);
      return { step: ground.step, nodes: placed.nodes, edges: drawn, counts: placed.counts, box };
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
/** Calls that stand in the middle: offers stand with their sellers. */
const needs = (calls: readonly CallView[]): number =>
  calls.filter(({ direction }) => direction === 'need').length;

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
  const conflict = call.bargaining?.state === 'conflict';
  return at !== null && now - at > (conflict ? CONFLICT_MS : LEAVE_MS);
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

export interface Placed {
  nodes: PlanNode[];
  keys: Set<string>;
  counts: Record<Role, number>;
}

/** What stands at a place: calls and offers are of one kind, on different sides. */
interface Standing {
  role: Role;
  id: string;
  /** Whose block it stands in: an offer stands below its seller. */
  side?: Role;
  lines?: readonly Line[];
  hidden?: number;
  leaving?: boolean;
  near?: number | undefined;
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
  const put = (one: Standing) => {
    const node = nodeOf(ground, one, known);
    placed.keys.add(node.key);
    placed.nodes.push(node);
    placed.counts[one.role] += 1;
  };
  placeAgents(ground, model, sieve, put);
  leave(ground, calls);
  const { manager, contractor } = ground.places;
  for (const call of calls) {
    if (!sieve.calls.has(call.id)) continue;
    const offer = call.direction === 'offer';
    const home = offer ? contractor.get(call.managerId) : manager.get(call.managerId);
    const near = home && (offer ? home.row + home.rows : home.row);
    const side = offer ? 'contractor' : 'call';
    const leaving = leftAt(model, call) !== null;
    put({ role: 'call', side, id: call.id, leaving, near });
  }
  for (const key of known.keys()) if (!placed.keys.has(key)) known.delete(key);
  return placed;
}

function placeAgents(
  ground: Ground,
  model: Model,
  sieve: Sieve,
  put: (one: Standing) => void,
): void {
  const owned = resourcesByOwner(model);
  const near = Math.floor(ground.step.rows * CONTRACTORS_AT);
  for (const agent of model.agents.values()) {
    const { id } = agent;
    const serves = ground.contractors.has(id);
    const shown = sieve.agent(agent);
    if (ground.managers.has(id) || !serves) {
      if (shown) put({ role: 'manager', id });
      else ground.places.manager.take(id, 1);
    }
    if (!serves || !shown) continue;
    const all = owned.get(id) ?? [];
    // Of its own machine a person wants to see every slot, but for memory's many small ones; of
    // others, how much they have left.
    const most = agent.kind === 'machine' && !ground.step.dense ? OWN_LINES_MAX : LINES_MAX;
    const lines = all.slice(0, most).map((one) => {
      const single = agent.kind === 'machine' && one.kind !== 'memory';
      return lineOf(ground.step, one.id, single ? one.slots.length : 0);
    });
    put({ role: 'contractor', id, lines, hidden: all.length - lines.length, near });
  }
}

/** Calls that are no longer here leave their places. */
function leave({ places, contractors }: Ground, calls: readonly CallView[]): void {
  const present = new Set(calls.map(({ id }) => id));
  for (const id of places.call.keys()) if (!present.has(id)) places.call.free(id);
  for (const id of places.contractor.keys()) {
    if (!present.has(id) && !contractors.has(id)) places.contractor.free(id);
  }
}

function resourcesByOwner(model: Model): Map<string, ResourceView[]> {
  const owned = new Map<string, ResourceView[]>();
  for (const resource of model.resources.values()) {
    const all = owned.get(resource.ownerId);
    if (all) all.push(resource);
    else owned.set(resource.ownerId, [resource]);
  }
  return owned;
}

const PREFIX: Record<Role, string> = { manager: 'm', call: 'k', contractor: 'c' };
/** As many resource lines as a contractor shows; the rest is a number. */
const LINES_MAX = 4;
const OWN_LINES_MAX = 10;

function nodeOf(ground: Ground, one: Standing, known: Map<string, PlanNode>): PlanNode {
  const { role, id, side = role, lines = [], hidden = 0, leaving = false, near } = one;
  const key = `${PREFIX[role]}:${id}`;
  const before = known.get(key);
  const same = before?.leaving === leaving && before.hidden === hidden;
  if (same && shapeOf(before.lines) === shapeOf(lines)) return before;
  const size = sizeOf(ground.step, role, lines, hidden > 0);
  const spot = ground.places[side].take(id, rowsOf(ground.step, size), near);
  const { column } = spot;
  const at = positionOf(ground.step, side, spot);
  if (side !== role) {
    const { indent, width } = metricsOf(ground.step.dense);
    at.x += indent;
    size.width = width[side] - indent;
  }
  const node = { key, role, id, column, lines, hidden, leaving, ...at, ...size };
  known.set(key, node);
  return node;
}
const shapeOf = (lines: readonly Line[]): string =>
  lines.map(({ id, perRow, rows }) => `${id} ${perRow} ${rows}`).join();
