// One negotiation of experiment 1, message by message.
//
// results: outcome deal, broken or the reason of no deal; price in credits or null; rows [{type,
// sender, receiver, payload, id, timestamp, reply_to}], every message in order, by the reference
// system's names; messages [{type, sent, handled}].
import { createAgent, type Strategy } from '../ancestor/agent.ts';
import { type Message, priceOf } from '../ancestor/message.ts';
import { allHandled, messageRows, MODE_SETTINGS, modeOf } from '../ancestor/modes.ts';
import { source, TRACE } from '../ancestor/published.ts';
import { playHandshake } from '../ancestor/runs.ts';
import {
  HANDSHAKE,
  HANDSHAKE_PURSES,
  handshakeAgents,
  NAMES_AND_BROKER,
  type StrategyName,
} from '../ancestor/set-ups.ts';
import { createSimulator, type Negotiation, setNeeds } from '../ancestor/simulator.ts';
import { units } from '../ancestor/units.ts';
import { wireOf } from '../ancestor/wire.ts';
import { haggleWorld, referenceWorld, type World } from '../ancestor/worlds.ts';
import { BadInput, check, type Check, type Experiment } from '../experiment.ts';
import { optionIn } from '../settings.ts';

const BREAKERS = ['nobody', 'buyer', 'seller'] as const;
type Breaker = (typeof BREAKERS)[number];

/** The RNG seed of the published trace; with one seller nothing is drawn. */
const SEED = 7;

export const trace: Experiment = {
  name: 'trace',
  summary: 'One negotiation, message by message: who says what to whom, in answer to what.',
  settings: [
    ...MODE_SETTINGS,
    {
      name: 'buyer',
      summary: 'strategy of the buyer',
      initial: 'fair',
      options: NAMES_AND_BROKER,
    },
    {
      name: 'seller',
      summary: 'strategy of the seller',
      initial: 'greedy',
      options: NAMES_AND_BROKER,
    },
    {
      name: 'breaks',
      summary: 'who breaks the deal; mode haggle',
      initial: 'nobody',
      options: BREAKERS,
    },
  ],
  input: null,
  run: (seed, settings) => {
    const { mode, commit } = modeOf(settings);
    const buyer = optionIn(settings, 'buyer', NAMES_AND_BROKER);
    const seller = optionIn(settings, 'seller', NAMES_AND_BROKER);
    const breaks = optionIn(settings, 'breaks', BREAKERS);
    if (mode === 'compat') {
      if (breaks !== 'nobody') throw new BadInput('breaks', 'needs mode haggle');
      const { record, traffic } = playHandshake(referenceWorld(commit), buyer, seller, SEED);
      const messages = record?.messages ?? [];
      const published = buyer === 'fair' && seller === 'greedy' && commit === '872b0e1';
      return {
        results: {
          ...endOf(record),
          rows: messages.map(wireOf),
          messages: messageRows([{ traffic }]),
        },
        checks: [...formChecks(messages), ...(published ? [publishedCheck(messages)] : [])],
      };
    }
    const { record, traffic } = playGuarded(haggleWorld(), buyer, seller, breaks, seed);
    const rows = messageRows([{ traffic }]);
    const said = record?.messages ?? [];
    return {
      results: { ...endOf(record), rows: said.map(wireOf), messages: rows },
      checks: [...formChecks(said), allHandled(rows)],
    };
  },
};

/** The same meeting where trust is asked for: a third agent bears witness. */
function playGuarded(
  { make, trust, dice }: World,
  buyer: StrategyName,
  seller: StrategyName,
  breaks: Breaker,
  seed: number,
) {
  const strategyOf = (role: Breaker, name: StrategyName): Strategy =>
    breaks === role ? { ...make[name](), cheatRate: 1 } : make[name]();
  const [buys, sells] = handshakeAgents(
    strategyOf('buyer', buyer),
    strategyOf('seller', seller),
    HANDSHAKE_PURSES,
  );
  const witness = createAgent({
    id: 'witness',
    resources: units({}),
    budget: 0,
    strategy: make.fair(),
  });
  const drawn = dice(seed);
  const { rules } = trust([buys, sells, witness], drawn);
  setNeeds([buys, sells], { buyer: HANDSHAKE.need });
  const sim = createSimulator([buys, sells], rules, drawn, HANDSHAKE.turnsMax);
  const record = sim.round().negotiations[0] ?? null;
  return { record, traffic: sim.traffic() };
}

function endOf(record: Negotiation | null): { outcome: string; price: number | null } {
  const price = record !== null && record.price > 0 ? record.price : null;
  if (record?.reason === 'broken') return { outcome: 'broken', price };
  return { outcome: record?.agreed ? 'deal' : (record?.reason ?? 'the buyer stays out'), price };
}

const LINE = 'acceptance line S2-08';

/** What holds for the messages of any negotiation. */
export function formChecks(messages: readonly Message[]): Check[] {
  const known = new Map<string, Message>();
  const faults = { ids: 0, order: 0, replies: 0 };
  for (const [i, message] of messages.entries()) {
    if (known.has(message.id)) faults.ids++;
    if (message.timestamp < (messages[i - 1]?.timestamp ?? 0)) faults.order++;
    const answered = message.replyTo === null ? null : known.get(message.replyTo);
    const swapped = answered?.sender === message.receiver && answered.receiver === message.sender;
    if (answered !== null && !swapped) faults.replies++;
    known.set(message.id, message);
  }
  return [
    check('ids that are there twice', faults.ids, 0, LINE),
    check('messages before their time', faults.order, 0, LINE),
    check('replies that do not swap the ends of an earlier message', faults.replies, 0, LINE),
  ];
}

function publishedCheck(messages: readonly Message[]): Check {
  const said = messages.map((one) => `${one.type} ${priceOf(one) ?? one.payload.reason}`);
  return check('trace of fair->greedy', said.join(', '), TRACE, source(8, '872b0e1'));
}
