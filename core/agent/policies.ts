// The strategies that can be chosen for an agent, by name.
import { BIDDING } from './bidding.ts';
import { createBidder } from './bidder.ts';
import type { Delegate } from './delegate.ts';
import { createSeller } from './seller.ts';
import { PROFILES } from './swarm/profiles.ts';
import { createWorker } from './swarm/worker.ts';

/** Buyers' policies by bidding name; `seller` for capacity; `worker` for the starter swarm. */
export const POLICY_NAMES: readonly string[] = [...Object.keys(BIDDING), 'seller', 'worker'];

/**
 * The delegate of a policy, or null for an unknown name.
 * @param params for a worker `{profile, slots}`: the name of its profile, and how many slots of its
 *   kind the machine has; on a larger machine its tasks come in faster
 * @param seed of its random choices
 */
export function createDelegate(policy: string, params: unknown, seed: number): Delegate | null {
  if (policy === 'seller') return createSeller();
  if (policy !== 'worker') return Object.hasOwn(BIDDING, policy) ? createBidder(policy) : null;
  const wanted = (params ?? {}) as { profile?: unknown; slots?: unknown };
  const profile = PROFILES.find((p) => p.name === wanted.profile);
  if (profile === undefined) return null;
  const slots = typeof wanted.slots === 'number' ? Math.max(1, wanted.slots) : 2;
  const pace = Math.min(8, Math.max(0.5, slots / 2));
  const count = Math.min(profile.count, slots);
  return createWorker({ ...profile, count, burstMs: profile.burstMs / pace }, seed);
}
