// This machine as a participant: one agent that owns what the probes found, and a seller that acts
// for it. The owner's policy is its reserve price; pausing is the owner's switch.
import type { Telemetry } from '../contract.ts';
import type { ResourceKind } from '../engine/protocol/need.ts';
import type { Agent, Market, Resource } from '../engine/market/state.ts';
import type { Ask } from './ask.ts';

/** What a probe offers for sale. */
export interface Offered {
  kind: ResourceKind;
  model: string | null;
  count: number;
  vramBytes: number | null;
  memoryBytes: number | null;
}

/** What the machine's telemetry says, jobs and host figures apart. */
export type Sensed = Pick<Telemetry, 'cpu' | 'memory' | 'gpus'>;

const HOST = { kind: 'host' as const };
const NAME = 'This machine';

export const machineAgent = (m: Market): Agent | undefined =>
  [...m.agents.values()].find((a) => a.kind === 'machine');

/** Registers the machine's agent once; `sell` gives it its seller. */
export async function ensureMachine(market: () => Market, ask: Ask): Promise<string> {
  const known = machineAgent(market());
  if (known !== undefined) return known.id;
  const body = { name: NAME, capabilities: ['sells this machine'] };
  const asked = await ask(HOST, { type: 'register-agent', kind: 'machine', body });
  if (!asked.ok) throw new Error(`this machine could not be registered: ${asked.detail}`);
  const agentId = asked.about.agentId ?? '';
  const seller = { policy: 'seller', params: {} };
  await ask(HOST, { type: 'set-delegate', agentId, body: seller });
  return agentId;
}

/**
 * Puts what was found on the market. What is there already stays, with its history and price; what
 * has gone, or has another size now, is paused and named anew.
 */
export async function offerCapacity(
  market: () => Market,
  ask: Ask,
  ownerId: string,
  found: readonly Offered[],
): Promise<void> {
  const left = [...market().resources.values()].filter((r) => r.ownerId === ownerId);
  for (const item of found) {
    const at = left.findIndex((r) => same(r, item));
    const [known] = at < 0 ? [] : left.splice(at, 1);
    if (known === undefined) await add(market, ask, ownerId, item);
  }
  for (const gone of left) {
    if (gone.paused) continue;
    const body = { paused: true };
    await ask(HOST, { type: 'change-resource', resourceId: gone.id, body });
  }
}

function same(r: Resource, o: Offered): boolean {
  return (
    r.kind === o.kind &&
    r.model === o.model &&
    r.slots.length === o.count &&
    r.vramBytes === o.vramBytes &&
    r.memoryBytes === o.memoryBytes
  );
}

async function add(market: () => Market, ask: Ask, ownerId: string, o: Offered): Promise<void> {
  const { kind, count, model, vramBytes, memoryBytes } = o;
  const body = {
    kind,
    count,
    reservePrice: market().policy.reservePrices[kind],
    ...(model === null ? {} : { model }),
    ...(vramBytes === null ? {} : { vramBytes }),
    ...(memoryBytes === null ? {} : { memoryBytes }),
  };
  const asked = await ask(HOST, { type: 'add-resource', ownerId, body });
  if (!asked.ok) throw new Error(`${kind} could not be offered: ${asked.detail}`);
}
