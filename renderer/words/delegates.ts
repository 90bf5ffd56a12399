// Who acts for an agent, in words.
import type { AgentView } from '../../core/engine/view/model.ts';

/** What each policy does, for whoever chooses one; the host may know further ones. */
const POLICIES: Readonly<Record<string, string>> = {
  truthful: 'Bids what a slot is worth to the agent.',
  shaded: 'Bids its worth under second price, and somewhat less under first price.',
  frugal: 'Starts at 40 % of its worth and adds to it after every failed try.',
  seller: 'Sells the agent’s capacity: answers calls with prices and puts free slots up for sale.',
  worker: 'Its profile of the starter swarm says what it calls for and how it bargains.',
};
export const policySentence = (policy: string): string => POLICIES[policy] ?? '';

type Acting = Pick<AgentView, 'delegate' | 'strategy' | 'model'>;

/** "The delegate “shaded” acts for it inside the host and bargains by “patient”." */
export function actingSentence({ delegate, strategy, model }: Acting): string {
  if (delegate === null) return 'Nobody: it answers by API.';
  const acts = `The delegate “${delegate}” acts for it inside the host`;
  const part = delegate === 'worker' ? ', as a profile of the starter swarm says' : '';
  const how = strategy === null ? part : ` and bargains by “${strategy}”`;
  const mind = model === null ? '' : ` The language model “${model}” is asked for every offer.`;
  return `${acts}${how}.${mind}`;
}
