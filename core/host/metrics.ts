// Figures for Prometheus and the screen, counted where things happen.
import { circulation, trialSum } from '../engine/bank/ledger.ts';
import { toDecimal } from '../engine/base/credits.ts';
import type { Market } from '../engine/market/state.ts';

export interface Metrics {
  countReply(status: number): void;
  countCommit(events: number, ms: number): void;
  /** Events per second and commit times since the last call. */
  recent(): { eventsPerS: number; commitMs: { p50: number; max: number } | null };
  /** In the text format of Prometheus. */
  text(m: Market, more: More): string;
}

/** What the host knows beside the market. */
interface More {
  streams: number;
  screens: number;
  jobs: number;
  skewMs: number;
}

/** Upper bounds of the commit time histogram, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const RECENT_MAX = 4096;

export function createMetrics(now: () => number): Metrics {
  const replies = new Map<number, number>();
  const buckets = BOUNDS.map(() => 0);
  let commits = 0;
  let commitSeconds = 0;
  let events = 0;
  let times: number[] = [];
  let eventsAt = 0;
  let since = now();

  return {
    countReply: (status) => void replies.set(status, (replies.get(status) ?? 0) + 1),
    countCommit(n, ms) {
      commits++;
      events += n;
      commitSeconds += ms / 1000;
      const at = BOUNDS.findIndex((b) => ms / 1000 <= b);
      for (let i = at < 0 ? BOUNDS.length : at; i < BOUNDS.length; i++) {
        buckets[i] = (buckets[i] ?? 0) + 1;
      }
      if (times.length < RECENT_MAX) times.push(ms);
    },
    recent() {
      const span = Math.max(1, now() - since) / 1000;
      const sorted = times.sort((a, b) => a - b);
      const p50 = sorted[Math.floor(sorted.length / 2)];
      const commitMs = p50 === undefined ? null : { p50, max: sorted.at(-1) ?? p50 };
      const eventsPerS = (events - eventsAt) / span;
      since = now();
      eventsAt = events;
      times = [];
      return { eventsPerS, commitMs };
    },
    text(m, more) {
      const lines: string[] = [];
      const add = adder(lines);
      marketRows(add, m);
      moreRows(add, more);
      const byStatus = [...replies].sort(([a], [b]) => a - b);
      add(
        'http_replies_total',
        'counter',
        'HTTP replies by status.',
        byStatus.map(([s, n]) => [`{status="${s}"}`, n]),
      );
      add('events_total', 'counter', 'Events committed since the start.', [['', events]]);
      const hist: [string, number][] = BOUNDS.map((b, i) => [`{le="${b}"}`, buckets[i] ?? 0]);
      lines.push(
        '# HELP haggle_commit_seconds Time of a durable commit.',
        '# TYPE haggle_commit_seconds histogram',
      );
      for (const [labels, n] of hist) lines.push(`haggle_commit_seconds_bucket${labels} ${n}`);
      lines.push(`haggle_commit_seconds_bucket{le="+Inf"} ${commits}`);
      lines.push(
        `haggle_commit_seconds_sum ${commitSeconds}`,
        `haggle_commit_seconds_count ${commits}`,
      );
      return `${lines.join('\n')}\n`;
    },
  };
}

type Add = (name: string, type: string, help: string, rows: [string, number][]) => void;

function adder(lines: string[]): Add {
  return (name, type, help, rows) => {
    lines.push(`# HELP haggle_${name} ${help}`, `# TYPE haggle_${name} ${type}`);
    for (const [labels, value] of rows) lines.push(`haggle_${name}${labels} ${value}`);
  };
}

function marketRows(add: Add, m: Market): void {
  const gauge = (name: string, help: string, value: number): void =>
    add(name, 'gauge', help, [['', value]]);
  add('journal_seq', 'counter', 'Events in the journal.', [['', m.seq]]);
  gauge('open_calls', 'Calls open for proposals or decisions.', m.openCalls);
  gauge('running_leases', 'Leases that have not ended.', m.runningLeases);
  gauge('agents', 'Registered agents.', m.agents.size);
  const supply = toDecimal(circulation(m.ledger));
  gauge('credits_in_circulation', 'Credits issued and not taken back.', supply);
  gauge('trial_balance', 'Signed sum of all accounts; 0.', toDecimal(trialSum(m.ledger)));
}

function moreRows(add: Add, more: More): void {
  const gauge = (name: string, help: string, value: number): void =>
    add(name, 'gauge', help, [['', value]]);
  gauge('event_streams', 'Connected event streams.', more.streams);
  gauge('screens', 'Connected screens.', more.screens);
  gauge('jobs', 'Processes running in leases.', more.jobs);
  gauge('clock_skew_ms', 'Wall clock minus logical time.', more.skewMs);
}
