// The language models of a host: set up in a file beside the ledger, asked by agents that bargain
// through one. Keys are never in that file, nor in anything that the host records or shows.
import fs from 'node:fs';
import path from 'node:path';
import type { Turn } from '../../agent/bargaining/language-model.ts';
import { createSpending, type Spending } from '../../agent/bargaining/language-model-spending.ts';
import type { View } from '../../agent/bargaining/strategy.ts';
import type { Question } from '../../agent/delegate.ts';
import type { Instant } from '../../engine/base/time.ts';
import type { Event } from '../../engine/market/events.ts';
import { capsOf, type ModelConfig, readModelConfig } from './config.ts';
import { type Endpoint, openEndpoint } from './endpoint.ts';
import { createNegotiators, type Negotiators } from './negotiators.ts';

/** The file in the data directory: `{NAME: set-up}`, see config.ts. */
export const MODELS_FILE = 'models.json';
const FILE_BYTES_MAX = 64 * 1024;
const NAME = /^[a-z][a-z0-9-]{0,39}$/u;

/** What a screen may know of a model: nothing of its key. */
export interface ModelDoc {
  name: string;
  model: string;
  origin: string;
  turns: number;
  byModel: number;
  byFallback: number;
  late: number;
}

export interface Models {
  list(): ModelDoc[];
  has(name: string): boolean;
  /** The move for a round; null where there is no such model or the round ended first. */
  turn(agentId: string, cfpId: string, q: Question): Promise<Turn | null>;
  /** Rounds and bargainings that are over need no answer any more. */
  noticed(e: Event): void;
  close(): void;
}

/** A set-up that cannot be used. The message names the file, the model and the field. */
export class BadModels extends Error {}

interface Ready {
  config: ModelConfig;
  endpoint: Endpoint;
  negotiators: Negotiators;
  /** By agent: its caps hold over all its bargainings. */
  spending: Map<string, Spending>;
}

/**
 * Reads the set-ups of a data directory; without the file there are none.
 * @throws BadModels for a file that is not JSON, a set-up with a bad field, a key that is not there
 */
export function openModels(dataDir: string, now: () => Instant): Models {
  const file = path.join(dataDir, MODELS_FILE);
  const ready = new Map<string, Ready>();
  for (const [name, value] of Object.entries(readFile(file))) {
    if (!NAME.test(name)) throw new BadModels(`${file}: ${name} is no name for a model`);
    const config = readModelConfig(value);
    if (!config.ok) throw bad(file, name, config.problem);
    const opened = openEndpoint(config.value);
    if (!opened.ok) throw bad(file, name, opened.problem);
    const { endpoint } = opened;
    const negotiators = createNegotiators(endpoint, now);
    ready.set(name, { config: config.value, endpoint, negotiators, spending: new Map() });
  }
  return new HostModels(ready);
}

function bad(file: string, name: string, p: { field?: string; detail: string }): BadModels {
  return new BadModels(`${file}: ${name}.${p.field ?? ''}: ${p.detail}`);
}

function readFile(file: string): object {
  if (!fs.existsSync(file)) return {};
  if (fs.statSync(file).size > FILE_BYTES_MAX) {
    throw new BadModels(`${file} has more than ${FILE_BYTES_MAX} bytes`);
  }
  try {
    const found = JSON.parse(fs.readFileSync(file, 'utf8')) as unknown;
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found;
  } catch (e) {
    throw new BadModels(`${file} is not JSON: ${(e as Error).message}`, { cause: e });
  }
  throw new BadModels(`${file} must hold one object: {"NAME": {set-up}}`);
}

class HostModels implements Models {
  private readonly ready: ReadonlyMap<string, Ready>;
  /** Bargainings that ask, by call; one call can have two sides that do. */
  private readonly open = new Map<string, Map<string, { model: Ready; view: View }>>();

  constructor(ready: ReadonlyMap<string, Ready>) {
    this.ready = ready;
  }

  list(): ModelDoc[] {
    return [...this.ready].map(([name, { config, negotiators }]) => {
      const { turns, byModel, byFallback, late } = negotiators.counts();
      const { origin } = new URL(config.baseUrl);
      return { name, model: config.model, origin, turns, byModel, byFallback, late };
    });
  }

  has(name: string): boolean {
    return this.ready.has(name);
  }

  turn(agentId: string, cfpId: string, q: Question): Promise<Turn | null> {
    const model = this.ready.get(q.model);
    if (model === undefined) return Promise.resolve(null);
    const id = `${cfpId} ${agentId}`;
    const sides = this.open.get(cfpId) ?? new Map<string, { model: Ready; view: View }>();
    if (!sides.has(id)) {
      const { persona, note, fallback } = q;
      model.negotiators.open({
        id,
        briefing: { persona, note },
        maxTokens: model.config.maxTokens,
        // Without `ended`: whoever asks tells its strategy how it ended.
        fallback: { decide: (view) => fallback.decide(view) },
        spending: spendingOf(model, agentId),
      });
    }
    this.open.set(cfpId, sides.set(id, { model, view: q.view }));
    return model.negotiators.turn(id, q.view, q.heard, q.withinMs);
  }

  noticed(e: Event): void {
    if (e.type === 'round-closed') {
      for (const [id, { model }] of this.open.get(e.cfpId) ?? []) model.negotiators.roundOver(id);
    } else if (e.type === 'awarded' || e.type === 'call-ended') {
      for (const [id, { model, view }] of this.open.get(e.cfpId) ?? []) {
        model.negotiators.ended(id, { view, price: e.bargained?.deal?.price ?? null });
      }
      this.open.delete(e.cfpId);
    }
  }

  close(): void {
    for (const { endpoint } of this.ready.values()) endpoint.close();
  }
}

function spendingOf(model: Ready, agentId: string): Spending {
  const known = model.spending.get(agentId);
  if (known !== undefined) return known;
  const { caps, microPerMillion } = capsOf(model.config);
  const made = createSpending(caps, microPerMillion);
  model.spending.set(agentId, made);
  return made;
}
