// The state as one text: the same journal gives the same text everywhere, and the text gives back a
// market with the same future. Indexes (timers, sets by kind, names) are left out and rebuilt.
import type { Account, Pending } from '../bank/ledger.ts';
import {
  type Agent,
  type Conversation,
  createMarket,
  type Dialogue,
  isOpen,
  type Lease,
  type Market,
  type Proposal,
  type Resource,
} from './state.ts';
import { rearm } from './timers.ts';

/** Maps become lists: their order is part of the state, because walks over them follow it. */
interface Text extends Pick<Market, 'seq' | 'at' | 'marketId' | 'policy' | 'ended'> {
  openCalls: number;
  runningLeases: number;
  accounts: Account[];
  pendings: Pending[];
  agents: Agent[];
  projects: string[];
  resources: Resource[];
  conversations: (Omit<Conversation, 'dialogues'> & { dialogues: [string, Dialogue][] })[];
  proposals: Proposal[];
  leases: Lease[];
}

/** The state as JSON. Equal texts mean equal states; hash it for a state hash. */
export function canonical(m: Market): string {
  const { seq, at, marketId, policy, openCalls, runningLeases, ended } = m;
  const text: Text = {
    seq,
    at,
    marketId,
    policy,
    openCalls,
    runningLeases,
    accounts: [...m.ledger.accounts.values()],
    pendings: [...m.ledger.pendings.values()],
    agents: [...m.agents.values()],
    projects: [...m.projects],
    resources: [...m.resources.values()],
    conversations: [...m.conversations.values()].map((c) => ({
      ...c,
      dialogues: [...c.dialogues],
    })),
    proposals: [...m.proposals.values()],
    leases: [...m.leases.values()],
    ended,
  };
  return JSON.stringify(text);
}

const byId = <T extends { id: string }>(things: readonly T[]): Map<string, T> =>
  new Map(things.map((thing) => [thing.id, thing]));

/** The market of a text that `canonical` made. Trusted: whoever kept it guards it by a sum. */
export function restoreFrom(text: string): Market {
  const t = JSON.parse(text) as Text;
  const { seq, at, marketId, policy, openCalls, runningLeases, ended } = t;
  const conversations = t.conversations.map((c) => ({ ...c, dialogues: new Map(c.dialogues) }));
  const m: Market = {
    ...createMarket(),
    ...{ seq, at, marketId, policy, openCalls, runningLeases, ended },
    ledger: { accounts: byId(t.accounts), pendings: byId(t.pendings) },
    agents: byId(t.agents),
    agentNames: new Map(t.agents.map((a) => [a.name, a.id])),
    projects: new Set(t.projects),
    resources: byId(t.resources),
    conversations: byId(conversations),
    proposals: byId(t.proposals),
    leases: byId(t.leases),
  };
  for (const r of t.resources) m.resourcesByKind.get(r.kind)?.add(r.id);
  for (const c of conversations) {
    if (c.need !== null && isOpen(c)) m.needsByKind.get(c.need.kind)?.add(c.id);
  }
  rearm(m);
  return m;
}
