// Guards another strategy: it refuses whoever has a low reputation with this agent.
import { REPUTATION, reputationOf, type Strategy } from '../agent.ts';

/**
 * Opening a negotiation is not guarded: that is the reference system's defect 5.
 * @param threshold reputation 0..1 below which a peer is refused; shipped with 0.3
 */
export function reputationAware(
  inner: Strategy,
  threshold: number = REPUTATION.threshold,
): Strategy {
  return {
    ...inner,
    decide: (self, message, talk) => {
      const yourReputation = reputationOf(self, message.sender);
      if (yourReputation >= threshold) return inner.decide(self, message, talk);
      return { type: 'reject', payload: { reason: 'low_reputation', yourReputation } };
    },
  };
}
