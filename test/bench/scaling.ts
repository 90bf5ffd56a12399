// How bargaining scales with the number of agents: the population of the Python system's scaling
// study (half seekers, half providers, strategies greedy, fair, patient and adaptive in turn, 50
// rounds in which every seeker needs 5 + 3 units and talks to a random provider, 6 turns), with our
// sides that know their roles. Without a journal, then with every message in a hash chain and every
// deal a move in the double-entry ledger, then with the chain in an SQLite file, synced by batch.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { createStrategy } from '../../core/agent/bargaining/kinds.ts';
import type { Strategy } from '../../core/agent/bargaining/strategy.ts';
import {
  agentAccount,
  applyTransfers,
  BANK,
  createLedger,
  type Ledger,
  newAccount,
  trialSum,
} from '../../core/engine/bank/ledger.ts';
import { GENESIS, link } from '../../core/engine/base/chain.ts';
import { LIMITS } from '../../core/engine/base/limits.ts';
import { credits, MICRO } from '../../core/engine/base/credits.ts';
import { createRng, type Rng } from '../../core/engine/base/rng.ts';
import { sha256 } from '../../core/host/journal/recover.ts';
import { PRAGMAS, SCHEMA } from '../../core/host/journal/schema.ts';
import { bargain, type Outcome, type Session, type Side } from '../../core/lab/bargain/session.ts';
import { best, type Spent } from './rate.ts';

const JOURNALS = ['off', 'chain', 'file'] as const;
type JournalKind = (typeof JOURNALS)[number];

/** Rates by processor time, as the Python ones, except where they say wall. */
export interface ScalingRow {
  agents: number;
  journal: JournalKind;
  negotiations: number;
  messages: number;
  deals: number;
  negotiationsPerS: number;
  messagesPerS: number;
  usPerNegotiation: number;
  negotiationsPerSWall: number;
  /** Times the Python system's rate at this size; null where it was not measured. */
  timesPython: number | null;
}

/** Negotiations per CPU second of the Python system, commit 872b0e1. */
const PYTHON: Readonly<Record<number, number>> = {
  10: 45_308,
  50: 51_955,
  100: 50_939,
  500: 37_861,
  1000: 24_388,
  2000: 17_235,
};
const SIZES = [10, 50, 100, 500, 1000, 2000, 10_000];
const CHARACTERS = ['greedy', 'fair', 'patient', 'adaptive'];
const ROUNDS = 50;
const TURNS = 6;
const UNITS = 5 + 3;
const FAIR_PRICE = UNITS * MICRO;
/** Enough for every round at the worst price that a seeker may agree to. */
const BUDGET = 2 * FAIR_PRICE * ROUNDS;

/** Nobody loses by waiting. One object for all, as in a market where the operator sets it. */
const DISCOUNT = { mine: 1, theirs: 1 };

/** One of many: what all of its role have in common is not kept ten thousand times. */
abstract class Agent implements Side {
  readonly account: string;
  readonly strategy: Strategy;
  abstract readonly reservation: number;
  abstract readonly ideal: number;

  constructor(i: number) {
    this.account = agentAccount(`${i}`);
    this.strategy = strategyOf(CHARACTERS[Math.floor(i / 2) % CHARACTERS.length] ?? '', i);
  }

  get market(): number {
    return FAIR_PRICE;
  }
  get discount(): typeof DISCOUNT {
    return DISCOUNT;
  }
  get roundCost(): number {
    return 0;
  }
}

/** Pays up to twice the fair price. */
class Seeker extends Agent {
  get reservation(): number {
    return FAIR_PRICE * 2;
  }
  get ideal(): number {
    return FAIR_PRICE / 2;
  }
}

/** Wants at least half of it. */
class Provider extends Agent {
  get reservation(): number {
    return FAIR_PRICE / 2;
  }
  get ideal(): number {
    return FAIR_PRICE * 2;
  }
}

/** A strategy without a memory is a function: one for all agents of that character. */
const SHARED = new Map<string, Strategy>();

function strategyOf(character: string, seed: number): Strategy {
  const shared = SHARED.get(character);
  if (shared !== undefined) return shared;
  const strategy = createStrategy(character, {}, createRng(seed));
  if (strategy.ended === undefined) SHARED.set(character, strategy);
  return strategy;
}

const agentOf = (i: number): Agent => (i % 2 === 0 ? new Seeker(i) : new Provider(i));

/** What a negotiation leaves behind. */
interface Journal {
  negotiated(outcome: Outcome, seeker: Agent, provider: Agent): void;
  /** What waits becomes durable together: at the end of a round, or when a batch is full. */
  commit(): void;
  close(): void;
}

/** Chain and ledger in memory; `store` gets each event as it is linked. */
function keepBooks(
  agents: readonly Agent[],
  store: (seq: number, type: string, text: string, head: string) => void,
  rest: Pick<Journal, 'commit' | 'close'>,
): Journal {
  const ledger = fundedLedger(agents);
  let seq = 0;
  let head = GENESIS;
  let waiting = 0;
  const commit = (): void => {
    waiting = 0;
    rest.commit();
  };
  const append = (type: string, text: string): void => {
    head = link(sha256, head, text);
    store(++seq, type, text, head);
    if (++waiting === LIMITS.batchMax) commit();
  };
  return {
    negotiated({ price, offers }, seeker, provider) {
      const said = talkText(seeker, provider, offers);
      if (price === null) return append('conflict', `{"type":"conflict",${said}}`);
      const transfers = [dealOf(seeker, provider, price)];
      append(
        'agreed',
        `{"type":"agreed",${said},"transfers":[${dealText(seeker, provider, price)}]}`,
      );
      applyTransfers(ledger, seq, transfers);
    },
    commit,
    close() {
      if (trialSum(ledger) !== 0) throw new Error('the books do not balance');
      rest.close();
    },
  };
}

/**
 * Every message of a negotiation, in one event: it becomes durable as a whole or not at all, and
 * one link of the chain vouches for all of it. Accounts have no characters to escape.
 */
const talkText = (seeker: Agent, provider: Agent, { manager, contractor }: Outcome['offers']) =>
  `"manager":"${seeker.account}","contractor":"${provider.account}",` +
  `"offers":[[${manager.join()}],[${contractor.join()}]]`;

/** The transfer as JSON; written out, which is what it costs to write it at all. */
const dealText = (seeker: Agent, provider: Agent, price: number): string =>
  `{"kind":"posted","debit":"${seeker.account}","credit":"${provider.account}",` +
  `"amount":${price},"code":"lease"${NOBODY_TEXT}}`;

const NOBODY = { agentId: null, project: null, resourceId: null, cfpId: null, leaseId: null };
const NOBODY_TEXT = `,${JSON.stringify(NOBODY).slice(1, -1)}`;

function dealOf(seeker: Agent, provider: Agent, price: number) {
  return {
    kind: 'posted' as const,
    debit: seeker.account,
    credit: provider.account,
    amount: credits(price),
    code: 'lease' as const,
    // Field by field: a spread would cost as much as the rest.
    agentId: null,
    project: null,
    resourceId: null,
    cfpId: null,
    leaseId: null,
  };
}

function fundedLedger(agents: readonly Agent[]): Ledger {
  const ledger = createLedger();
  agents.forEach(({ account }, i) => {
    ledger.accounts.set(account, newAccount(account, 'agent'));
    const amount = credits(BUDGET);
    const issue = { kind: 'posted', debit: BANK, credit: account, amount, code: 'issue' } as const;
    applyTransfers(ledger, i, [{ ...issue, ...NOBODY }]);
  });
  return ledger;
}

const SILENT: Journal = { negotiated() {}, commit() {}, close() {} };

/** As the host's loop does: linked events wait in a batch for the journal, here for nobody. */
function inMemory(agents: readonly Agent[]): Journal {
  let batch: { seq: number; type: string; text: string; head: string }[] = [];
  return keepBooks(agents, (seq, type, text, head) => batch.push({ seq, type, text, head }), {
    commit: () => (batch = []),
    close() {},
  });
}

/** The host's own table of events, with its pragmas: one synced transaction a batch. */
function inFile(agents: readonly Agent[], dir: string): Journal {
  const db = new Database(path.join(fs.mkdtempSync(path.join(dir, 'run-')), 'haggle.db'));
  for (const pragma of PRAGMAS) db.pragma(pragma);
  db.exec(SCHEMA);
  const insert = db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)');
  db.exec('BEGIN IMMEDIATE');
  return keepBooks(
    agents,
    (seq, type, text, head) =>
      insert.run(seq, seq, type, null, null, text, Buffer.from(head, 'hex')),
    {
      commit: () => db.exec('COMMIT; BEGIN IMMEDIATE'),
      close() {
        db.exec('COMMIT');
        db.close();
      },
    },
  );
}

interface Counted {
  negotiations: number;
  messages: number;
  deals: number;
}

/** The whole study at one size. */
function live(
  seekers: readonly Agent[],
  providers: readonly Agent[],
  rng: Rng,
  j: Journal,
): Counted {
  const counted: Counted = { negotiations: 0, messages: 0, deals: 0 };
  const means = { rng };
  const [someone] = providers;
  if (someone === undefined) return counted;
  for (let round = 0; round < ROUNDS; round++) {
    for (const seeker of seekers) {
      const provider = rng.pick(providers);
      const session: Session = {
        protocol: 'alternating-offers',
        roundsMax: TURNS,
        manager: seeker,
        contractor: provider,
      };
      const outcome = bargain(session, means);
      const { offers, price } = outcome;
      counted.negotiations++;
      counted.messages += offers.manager.length + offers.contractor.length;
      if (price !== null) {
        counted.messages++;
        counted.deals++;
      }
      j.negotiated(outcome, seeker, provider);
    }
    j.commit();
  }
  return counted;
}

const open = (kind: JournalKind, agents: readonly Agent[], dir: string): Journal =>
  kind === 'off' ? SILENT : kind === 'chain' ? inMemory(agents) : inFile(agents, dir);

/** Small sizes are over before the clock and the compiler notice: they are repeated. */
const REPEATED_MS = 1500;
const NEGOTIATIONS_PER_MS = 300;

function measure(size: number, kind: JournalKind, dir: string): ScalingRow {
  let counted: Counted = { negotiations: 0, messages: 0, deals: 0 };
  const expectedMs = (size / 2) * (ROUNDS / NEGOTIATIONS_PER_MS);
  const repeats = Math.min(500, Math.max(3, Math.round(REPEATED_MS / expectedMs)));
  const prepare = () => {
    // Everybody starts anew: adaptive agents remember.
    const agents = Array.from({ length: size }, (_, n) => agentOf(n));
    const seekers = agents.filter((_, n) => n % 2 === 0);
    const providers = agents.filter((_, n) => n % 2 === 1);
    return { seekers, providers, journal: open(kind, agents, dir) };
  };
  const spent = best(kind === 'file' ? 3 : repeats, prepare, ({ seekers, providers, journal }) => {
    counted = live(seekers, providers, createRng(size), journal);
    journal.close();
  });
  return rowOf(size, kind, counted, spent);
}

function rowOf(size: number, journal: JournalKind, c: Counted, spent: Spent): ScalingRow {
  const { busyS: seconds, wallS } = spent;
  const negotiationsPerS = Math.round(c.negotiations / seconds);
  const python = PYTHON[size];
  return {
    agents: size,
    journal,
    ...c,
    negotiationsPerS,
    messagesPerS: Math.round(c.messages / seconds),
    usPerNegotiation: Math.round((seconds / c.negotiations) * 1e8) / 100,
    negotiationsPerSWall: Math.round(c.negotiations / wallS),
    timesPython: python === undefined ? null : Math.round((negotiationsPerS / python) * 10) / 10,
  };
}

/** Takes about half a minute, in a temporary folder. */
export function measureScaling(): ScalingRow[] {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-bench-'));
  try {
    return JOURNALS.flatMap((kind) => SIZES.map((size) => measure(size, kind, dir)));
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
