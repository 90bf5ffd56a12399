// This machine as a participant: one agent that owns what the probes found, and a seller that acts
// for it. The owner's policy is its reserve price; pausing is the owner's switch.
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
  /** Which device it is, where there are several; a job sees that one and no other. */
  key: string | null;
  /** Offered, but not for sale before the owner says so. */
  paused: boolean;
}

const HOST = { kind: 'host' as const };
const NAME = 'This machine';

export const machineAgent = (m: Market): Agent | undefined =>
  [...m.agents.values()].find((a) => a.kind === 'machine');

/** Registers the machine's agent once, with its seller. Resolves to the agent's id. */
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
 * Puts what was found of these kinds on the market. What is there already stays, with its history
 * and price; what has gone, or has another size now, is paused, and stays so until its owner
 * resumes it. Resolves to which device each resource is.
 */
export async function offerCapacity(
  market: () => Market,
  ask: Ask,
  ownerId: string,
  kinds: readonly ResourceKind[],
  found: readonly Offered[],
): Promise<Map<string, string>> {
  const left = [...market().resources.values()].filter(
    (r) => r.ownerId === ownerId && kinds.includes(r.kind),
  );
  const keys = new Map<string, string>();
  for (const item of found) {
    const at = left.findIndex((r) => same(r, item));
    const [known] = at < 0 ? [] : left.splice(at, 1);
    const id = known?.id ?? (await add(market, ask, ownerId, item));
    if (item.key !== null) keys.set(id, item.key);
  }
  for (const gone of left) if (!gone.paused) await pause(ask, gone.id);
  return keys;
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

async function add(market: () => Market, ask: Ask, ownerId: string, o: Offered): Promise<string> {
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
  const id = asked.about.resourceId ?? '';
  if (o.paused) await pause(ask, id);
  return id;
}

async function pause(ask: Ask, resourceId: string): Promise<void> {
  await ask(HOST, { type: 'change-resource', resourceId, body: { paused: true } });
}
