// A market as it goes by: one line for every award, from the stream of events.
import type { Client } from './client.ts';
import type { AgentDoc, JournalEvent } from './documents.ts';
import type { Reported } from './survivors.ts';
import { cell } from './table.ts';
import { countText, priceText } from './units.ts';

export interface AwardLog {
  /** Processes that leases reported when they ended. */
  reported: readonly Reported[];
  /** Resolves when the stream has been stopped. */
  done: Promise<void>;
}

interface Awarded {
  cfpId: string;
  needId: string | null;
  managerId: string;
  claim: { slots: number[] };
  price: number;
  losses: { proposalId: string }[];
}

const TITLE_WIDTH = 22;
const NAMED_MAX = 3;

/** Follows the journal from `from` on, until `stop`. `agents`: those registered before that. */
export function logAwards(
  client: Client,
  { from, agents, stop }: { from: number; agents: readonly AgentDoc[]; stop: AbortSignal },
  write: (line: string) => void,
): AwardLog {
  const reported: Reported[] = [];
  const story = new Story(agents);
  const startedAt = performance.now();
  async function read(): Promise<void> {
    for await (const { data } of client.events(`/v1/events?from=${from}`, null, stop)) {
      const event = JSON.parse(data) as JournalEvent;
      const job = reportedBy(event);
      if (job !== null) reported.push(job);
      const line = story.hear(event);
      if (line === null) continue;
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      write(`${seconds.padStart(5)} s  ${line}`);
    }
  }
  // The log is for people to watch; without it the market goes on and is reported all the same.
  return { reported, done: read().catch(() => undefined) };
}

function reportedBy({ type, time, data }: JournalEvent): Reported | null {
  if (type !== 'haggle.lease-ended') return null;
  const pid = (data.usage as { pid?: unknown } | null)?.pid;
  return typeof pid === 'number' ? { pid, endedAt: Date.parse(time) } : null;
}

/** Remembers who is who until an award tells how it went. */
class Story {
  readonly #names: Map<string, string>;
  readonly #titles = new Map<string, string>();
  readonly #bidders = new Map<string, string>();

  constructor(agents: readonly AgentDoc[]) {
    this.#names = new Map(agents.map(({ id, name }) => [id, name]));
  }

  hear({ type, data }: JournalEvent): string | null {
    switch (type) {
      case 'haggle.agent-registered':
        this.#names.set(String(data.agentId), String(data.name));
        return null;
      case 'haggle.cfp-opened':
        this.#titles.set(String(data.cfpId), String((data.task as { title: unknown }).title));
        return null;
      case 'haggle.proposed':
        this.#bidders.set(String(data.proposalId), String(data.contractorId));
        return null;
      case 'haggle.awarded':
        return this.#award(data as unknown as Awarded);
      default:
        return null;
    }
  }

  #award({ cfpId, needId, managerId, claim, price, losses }: Awarded): string {
    const title = cell(this.#titles.get(needId ?? cfpId) ?? this.#name(managerId));
    const slots = countText(claim.slots.length, 'slot');
    const cost = `${priceText(price)}`.padStart(14);
    const rivals = losses.map(({ proposalId }) => this.#name(this.#bidders.get(proposalId) ?? ''));
    return `${title.padEnd(TITLE_WIDTH)} ${slots} ${cost}${outbidText([...new Set(rivals)])}`;
  }

  #name(agentId: string): string {
    return this.#names.get(agentId) ?? agentId;
  }
}

function outbidText(rivals: readonly string[]): string {
  const named = rivals.filter((name) => name !== '').slice(0, NAMED_MAX);
  if (named.length === 0) return '';
  const others = rivals.length - named.length;
  return `  ahead of ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
