// The one sentence of state, and what counts as stuck.
import type { CallView, LeaseView, ResourceView } from '../../core/engine/view/model.ts';
import type { Model } from '../mirror/model.ts';
import { counted, left, span } from './format.ts';
import { kindWord } from './sentences.ts';

/** "Selling 2 of 2 CPU slots; 9 agents are calling." */
export function stateSentence(model: Model, demoRunning: boolean): string {
  const own = [...model.resources.values()].filter((r) => isOwn(model, r) && !r.simulated);
  const callers = new Set<string>();
  for (const call of model.calls.values()) {
    if (call.direction === 'need' && isLive(call)) callers.add(call.managerId);
  }
  const calling =
    callers.size === 0
      ? idle(model, demoRunning)
      : `${counted(callers.size, 'agent')} ${callers.size === 1 ? 'is' : 'are'} calling.`;
  return `${selling(own)}; ${calling}`;
}

function idle(model: Model, demoRunning: boolean): string {
  const agents = [...model.agents.values()];
  if (agents.every(({ kind }) => kind === 'machine')) return 'no agent has come yet.';
  return demoRunning ? 'the agents are resting.' : 'nobody is calling.';
}

function selling(own: readonly ResourceView[]): string {
  if (own.length === 0) return 'This machine sells nothing yet';
  const all = own.filter(({ paused }) => !paused);
  if (all.length === 0) return 'Selling is paused';
  const parts = (['gpu', 'cpu', 'memory'] as const).flatMap((kind) => {
    const total = slotsOf(own, kind);
    const sold = slotsOf(all, kind);
    return total === 0 ? [] : [`${sold} of ${counted(total, `${kindWord(kind)} slot`)}`];
  });
  return `Selling ${parts.join(' and ')}`;
}

function slotsOf(resources: readonly ResourceView[], kind: ResourceView['kind']): number {
  let n = 0;
  for (const r of resources) if (r.kind === kind) n += r.slots.length;
  return n;
}

/** Owned by the seller of this machine's own capacity. */
export function isOwn(model: Model, resource: ResourceView): boolean {
  return model.agents.get(resource.ownerId)?.kind === 'machine';
}

const LIVE: readonly CallView['state'][] = ['open', 'deciding', 'bargaining'];
/** Not ended yet: bids may come, or its manager decides or bargains. */
export const isLive = (call: CallView): boolean => LIVE.includes(call.state);

/** Model, or what it is where no model is known. */
export function resourceName(resource: ResourceView): string {
  return resource.model ?? kindWord(resource.kind);
}

/** How long past its moment a thing may be before it counts as stuck. */
const GRACE_MS = 2_000;

/** Why a call does not move on, or null. `lease` is the one it was awarded. */
export function stuckReason(call: CallView, lease: LeaseView | null, now: number): string | null {
  if (call.state === 'deciding') return 'Bidding is closed; its manager has not decided.';
  if (call.state === 'open') return openStuck(call, now);
  if (call.state === 'bargaining') return roundStuck(call, now);
  if (call.state !== 'awarded' || !lease || lease.ended) return null;
  const over = now - lease.endAt;
  return over > GRACE_MS ? `Its lease should have ended ${span(over)} ago.` : null;
}

function roundStuck({ bargaining }: CallView, now: number): string | null {
  const over = bargaining ? now - Date.parse(bargaining.roundEndsAt) : 0;
  return over > GRACE_MS ? `Its round should have closed ${span(over)} ago.` : null;
}

function openStuck(call: CallView, now: number): string | null {
  const { dialogues } = call;
  const over = now - call.replyBy;
  if (over > GRACE_MS) return `Bidding should have closed ${span(over)} ago.`;
  if (dialogues.some(({ proposal }) => proposal?.state === 'live')) return null;
  const refused = dialogues.filter(({ refusal }) => refusal !== null).length;
  const closes = `closes in ${left(call.replyBy, now)}`;
  if (refused > 0 && refused === dialogues.length) {
    return `${refused === 1 ? 'The only one asked' : `All ${refused} asked`} refused; ${closes}.`;
  }
  return null;
}
