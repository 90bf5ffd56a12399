// Journals of released versions, and what they fold to.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Hash } from '../../core/engine/base/chain.ts';
import { canonical } from '../../core/engine/market/canon.ts';
import type { Event } from '../../core/engine/market/events.ts';
import { evolve } from '../../core/engine/market/evolve.ts';
import { createMarket, type Market } from '../../core/engine/market/state.ts';

export interface Golden {
  events: number;
  /** The chain's head after the last event. */
  head: string;
  stateHash: string;
}
export interface Journal {
  name: string;
  texts: string[];
}

export const sha256: Hash = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

const here = import.meta.dirname;

/** All journals that are kept, oldest version first. */
export function journals(): Journal[] {
  const files = fs.readdirSync(here).filter((file) => file.endsWith('.jsonl'));
  return files.sort().map((file) => ({
    name: path.basename(file, '.jsonl'),
    texts: fs.readFileSync(path.join(here, file), 'utf8').trimEnd().split('\n'),
  }));
}

export function golden(name: string): Golden {
  return JSON.parse(fs.readFileSync(path.join(here, `${name}.json`), 'utf8')) as Golden;
}

/** Hash of the state that these texts make of a market, a new one if none is given. */
export function fold(texts: readonly string[], m: Market = createMarket()): string {
  for (const text of texts) evolve(m, JSON.parse(text) as Event);
  return sha256(canonical(m));
}
