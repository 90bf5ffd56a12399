// The mirror's records: a fold of snapshots and patches. Framework-free and mutable on purpose: at
// 60 patches a second copying the maps would cost more than everything that is drawn from them.
import type {
  AgentView,
  CallView,
  LeaseView,
  Patch,
  ProjectView,
  ResourceView,
  Snapshot,
  Totals,
} from '../../core/engine/view/model.ts';

export type Policy = Snapshot['policy'];

export const KINDS = ['agents', 'projects', 'resources', 'calls', 'leases'] as const;
export type Kind = (typeof KINDS)[number];

/** Grows whenever a record of the kind is replaced, added or removed. */
export type Revisions = Record<Kind | 'policy', number>;

export interface Model {
  marketId: string;
  seq: number;
  head: string;
  at: number;
  policy: Policy | null;
  totals: Totals | null;
  agents: Map<string, AgentView>;
  projects: Map<string, ProjectView>;
  resources: Map<string, ResourceView>;
  calls: Map<string, CallView>;
  leases: Map<string, LeaseView>;
  /** Place of an agent in order of arrival: its colour for life. */
  ordinals: Map<string, number>;
  rev: Revisions;
  /** Keys of records replaced or removed since somebody was told. */
  touched: Set<string>;
}

/** What a record is listened to by. */
export const keyOf = (kind: Kind, id: string): string => `${kind}/${id}`;

export function createModel(): Model {
  return {
    marketId: '',
    seq: -1,
    head: '',
    at: 0,
    policy: null,
    totals: null,
    agents: new Map(),
    projects: new Map(),
    resources: new Map(),
    calls: new Map(),
    leases: new Map(),
    ordinals: new Map(),
    rev: { agents: 0, projects: 0, resources: 0, calls: 0, leases: 0, policy: 0 },
    touched: new Set(),
  };
}

/** Starts over from a snapshot; records that did not change keep nothing of the old ones. */
export function foldSnapshot(model: Model, snapshot: Snapshot): void {
  for (const kind of KINDS) {
    model[kind].clear();
    model.rev[kind] += 1;
  }
  model.ordinals.clear();
  model.marketId = snapshot.marketId;
  model.policy = snapshot.policy;
  model.rev.policy += 1;
  take(model, snapshot);
}

/** False when the patch does not continue from where the model stands: ask for a snapshot then. */
export function foldPatch(model: Model, patch: Patch): boolean {
  if (patch.from !== model.seq) return false;
  if (patch.policy) {
    model.policy = patch.policy;
    model.rev.policy += 1;
  }
  take(model, patch);
  for (const id of patch.gone ?? []) {
    drop(model, 'calls', id);
    drop(model, 'leases', id);
  }
  return true;
}

function drop(model: Model, kind: 'calls' | 'leases', id: string): void {
  if (!model[kind].delete(id)) return;
  model.rev[kind] += 1;
  model.touched.add(keyOf(kind, id));
}

function take(model: Model, from: Snapshot | Patch): void {
  model.seq = from.seq;
  model.head = from.head;
  model.at = from.at;
  model.totals = from.totals;
  if (from.agents) order(model, from.agents);
  put(model, 'agents', from.agents, (one) => one.id);
  put(model, 'projects', from.projects, (one) => one.name);
  put(model, 'resources', from.resources, (one) => one.id);
  put(model, 'calls', from.calls, (one) => one.id);
  put(model, 'leases', from.leases, (one) => one.id);
}

/** Ids are time-ordered, so this is the same in every window whatever arrived first. */
function order(model: Model, agents: readonly AgentView[]): void {
  const fresh = agents.filter(({ id }) => !model.ordinals.has(id)).map(({ id }) => id);
  for (const id of fresh.sort()) model.ordinals.set(id, model.ordinals.size);
}

function put<K extends Kind>(
  model: Model,
  kind: K,
  records: readonly RecordOf[K][] | undefined,
  idOf: (record: RecordOf[K]) => string,
): void {
  if (!records || records.length === 0) return;
  const map = model[kind] as unknown as Map<string, RecordOf[K]>;
  for (const record of records) {
    const id = idOf(record);
    map.set(id, record);
    model.touched.add(keyOf(kind, id));
  }
  model.rev[kind] += 1;
}

export interface RecordOf {
  agents: AgentView;
  projects: ProjectView;
  resources: ResourceView;
  calls: CallView;
  leases: LeaseView;
}
