// Small records for the tests of the screen's pure parts, overridden where it matters.
import type { Credits } from '../../core/engine/base/credits.ts';
import type {
  AgentView,
  CallView,
  DialogueView,
  LeaseView,
  Patch,
  ResourceView,
  Snapshot,
  Totals,
} from '../../core/engine/view/model.ts';

export const T0 = Date.UTC(2026, 2, 1, 12, 0, 0);
export const cr = (value: number): Credits => Math.round(value * 1_000_000) as Credits;

export function agent(n: number, more: Partial<AgentView> = {}): AgentView {
  return {
    id: `agt_${String(n).padStart(9, '0')}`,
    name: `agent-${n}`,
    kind: 'agent',
    project: 'research',
    system: false,
    delegate: null,
    strategy: null,
    model: null,
    posted: cr(100),
    held: cr(0),
    budget: null,
    openCalls: 0,
    liveProposals: 0,
    runningLeases: 0,
    kept: 0,
    broken: 0,
    ...more,
  };
}
export const agentId = (n: number): string => agent(n).id;

export function call(n: number, more: Partial<CallView> = {}): CallView {
  return {
    id: callId(n),
    direction: 'need',
    managerId: agentId(1),
    title: `work ${n}`,
    project: 'research',
    need: { kind: 'cpu', count: 1, durationMs: 30_000 },
    offer: null,
    limitPrice: cr(12.5),
    openedAt: T0,
    replyBy: T0 + 2_000,
    endedAt: null,
    state: 'open',
    why: null,
    pricing: 'second-price',
    award: 'auto',
    dialogues: [],
    late: 0,
    proposalId: null,
    leaseId: null,
    bargaining: null,
    ...more,
  };
}
export const callId = (n: number): string => `cfp_${String(n).padStart(9, '0')}`;

type Proposal = NonNullable<DialogueView['proposal']>;
export function proposed(n: number, price: number, more: Partial<Proposal> = {}): DialogueView {
  return {
    agentId: agentId(n),
    state: 'proposed',
    proposal: {
      id: `prp_${String(n).padStart(9, '0')}`,
      price: cr(price),
      startDelayMs: 0,
      at: T0 + 500,
      validUntil: T0 + 60_000,
      state: 'live',
      needId: null,
      loss: null,
      ...more,
    },
    refusal: null,
  };
}
type Refusal = NonNullable<DialogueView['refusal']>;
export function refused(n: number, reason: Refusal['reason'], detail = ''): DialogueView {
  const refusal = { reason, detail, at: T0 + 400 };
  return { agentId: agentId(n), state: 'refused', proposal: null, refusal };
}
export const silent = (n: number): DialogueView => ({
  agentId: agentId(n),
  state: 'called',
  proposal: null,
  refusal: null,
});

export function resource(n: number, more: Partial<ResourceView> = {}): ResourceView {
  return {
    id: `res_${String(n).padStart(9, '0')}`,
    ownerId: agentId(9),
    kind: 'cpu',
    model: null,
    vramBytes: null,
    memoryBytes: null,
    reservePrice: cr(1),
    simulated: false,
    paused: false,
    epoch: 1,
    slots: [
      { state: 'free', by: null, until: null },
      { state: 'free', by: null, until: null },
    ],
    ...more,
  };
}

export function lease(n: number, more: Partial<LeaseView> = {}): LeaseView {
  return {
    id: `lse_${String(n).padStart(9, '0')}`,
    cfpId: callId(n),
    needId: callId(n),
    title: `work ${n}`,
    managerId: agentId(1),
    contractorId: agentId(9),
    resourceId: resource(1).id,
    slots: [0],
    epoch: 2,
    price: cr(8.2),
    project: 'research',
    awardedAt: T0 + 2_000,
    startAt: T0 + 2_000,
    endAt: T0 + 32_000,
    reclaimAt: null,
    state: 'active',
    reclaimWindowMs: 5_000,
    penalty: cr(0.5),
    enforcement: { time: 'process-group', memory: 'watch', detail: '' },
    ended: null,
    ...more,
  };
}

export const totals = (more: Partial<Totals> = {}): Totals => ({
  openCalls: 0,
  runningLeases: 0,
  agents: 2,
  circulation: cr(200),
  held: cr(0),
  trialSum: cr(0),
  ...more,
});

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    seq: 10,
    head: 'aa',
    at: T0,
    marketId: 'mkt_1',
    policy: {
      reservePrices: { gpu: cr(10), cpu: cr(1), memory: cr(0.1) },
      priorityReserve: 0,
      defaults: { pricing: 'second-price', award: 'auto', replyByMs: 2_000 },
      surcharge: null,
    },
    totals: totals(),
    agents: [agent(1), agent(9, { kind: 'machine', project: null, name: 'this-machine' })],
    projects: [],
    resources: [resource(1)],
    calls: [],
    leases: [],
    ...more,
  };
}

export const patch = (from: number, seq: number, more: Partial<Patch> = {}): Patch => ({
  from,
  seq,
  head: 'bb',
  at: T0 + seq,
  totals: totals(),
  ...more,
});
