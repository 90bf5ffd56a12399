// Records of the made-up market that are not worth a class.
import type { Credits } from '../../../core/engine/base/credits.ts';
import type {
  CallView,
  DialogueView,
  LeaseView,
  ResourceView,
} from '../../../core/engine/view/model.ts';

export const MICRO = 1_000_000;
export const cr = (value: number): Credits => Math.round(value * MICRO) as Credits;

export const RULE = {
  protocol: 'auto',
  fastBelowMs: 60_000,
  worthWaiting: cr(0.1),
  roundsMax: 20,
  roundMs: 1_000,
  discount: { manager: 0.95, contractor: 0.95 },
  roundFee: cr(0),
} as const;

export const silent = (agentId: string): DialogueView => ({
  agentId,
  state: 'called',
  proposal: null,
  refusal: null,
});
export function won(one: DialogueView): DialogueView {
  return {
    ...one,
    state: 'committed',
    proposal: one.proposal && { ...one.proposal, state: 'accepted' },
  };
}
/** @param best price of the winner; null when there is none */
export function lost(one: DialogueView, call: CallView, best: number | null): DialogueView {
  if (!one.proposal) return one;
  const over = one.proposal.price - call.limitPrice;
  const price = (
    over > 0 ? over : best === null ? 0 : Math.max(1, one.proposal.price - best)
  ) as Credits;
  const reason = over > 0 ? 'above-max-price' : best === null ? 'unawarded' : 'price';
  const loss = {
    reason,
    price: reason === 'unawarded' ? null : price,
    startDelayMs: null,
  } as const;
  return { ...one, state: 'rejected', proposal: { ...one.proposal, state: 'rejected', loss } };
}

interface NewLease {
  call: CallView;
  leaseId: string;
  winner: DialogueView;
  resource: ResourceView;
  slot: number;
  epoch: number;
  price: Credits;
  now: number;
  endAt: number;
}
export function newLease({
  call,
  leaseId,
  winner,
  resource,
  slot,
  epoch,
  price,
  now,
  endAt,
}: NewLease) {
  return {
    id: leaseId,
    cfpId: call.id,
    needId: call.id,
    title: call.title,
    managerId: call.managerId,
    contractorId: winner.agentId,
    resourceId: resource.id,
    slots: [slot],
    epoch,
    price,
    project: call.project,
    awardedAt: now,
    startAt: now,
    endAt,
    reclaimAt: null,
    state: 'active',
    reclaimWindowMs: 5000,
    penalty: cr(0.5),
    enforcement: { time: 'process-group', memory: 'watch', detail: 'no cgroup is writable here' },
    ended: null,
  } satisfies LeaseView;
}
