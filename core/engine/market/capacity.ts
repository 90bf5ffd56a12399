// Capacity: which slots of a resource are free for an interval, and whether a resource fits a need.
import { type Credits, scaleUp } from '../base/credits.ts';
import { HOUR, type Instant, type Ms } from '../base/time.ts';
import { type Problem, problem } from '../protocol/problems.ts';
import type { Need } from '../protocol/need.ts';
import type { Claim } from './events.ts';
import type { Resource, Taken } from './state.ts';

/** True when nobody but `except` has this slot in [from, to). */
function isFree(
  slot: readonly Taken[] | undefined,
  from: Instant,
  to: Instant,
  except: string | null,
): boolean {
  if (slot === undefined) return false;
  for (const t of slot) if (t.by !== except && t.from < to && from < t.to) return false;
  return true;
}

/** Slots that only system agents can lease: the last ones, by the policy's share. */
export function reservedSlots(resource: Resource, priorityReserve: number): number {
  return Math.floor(resource.slots.length * priorityReserve);
}

/** The first `count` slots free in the interval, or null. `usable` bounds the slot numbers. */
export function findSlots(
  resource: Resource,
  count: number,
  from: Instant,
  to: Instant,
  usable: number,
): number[] | null {
  const found: number[] = [];
  for (let i = 0; i < usable && found.length < count; i++) {
    if (isFree(resource.slots[i], from, to, null)) found.push(i);
  }
  return found.length === count ? found : null;
}

/** True when these very slots are free in the interval, the holder's own claims apart. */
export function slotsFree(resource: Resource, claim: Claim, holder: string): boolean {
  return claim.slots.every((i) => isFree(resource.slots[i], claim.from, claim.to, holder));
}

/** With more claims than this nobody looks when a slot is free: a refusal must stay cheap. */
const LOOKED_AT_MAX = 256;

/**
 * When `count` slots will be free together for `durationMs`, looking only at ends of claims; null
 * where that is not known.
 */
export function freeAt(
  resource: Resource,
  count: number,
  durationMs: Ms,
  now: Instant,
  usable: number,
): Instant | null {
  const candidates = [now];
  for (let i = 0; i < usable; i++) {
    for (const { to } of resource.slots[i] ?? []) if (to > now) candidates.push(to);
    if (candidates.length > LOOKED_AT_MAX) return null;
  }
  // A hint, not a promise: the nearest ends are enough.
  const nearest = candidates.sort((a, b) => a - b).slice(0, 32);
  return (
    nearest.find((t) => findSlots(resource, count, t, t + durationMs, usable) !== null) ?? null
  );
}

export function take(resource: Resource, claim: Claim, by: string): void {
  for (const i of claim.slots) resource.slots[i]?.push({ from: claim.from, to: claim.to, by });
}

export function giveUp(resource: Resource, claim: Claim, by: string): void {
  for (const i of claim.slots) {
    const slot = resource.slots[i];
    const at = slot?.findIndex((t) => t.by === by) ?? -1;
    if (at >= 0) slot?.splice(at, 1);
  }
}

/** The lowest price of `count` slots for a time under a reserve price per slot and hour. */
export function priceFloor(reservePrice: Credits, count: number, durationMs: Ms): Credits {
  return scaleUp(reservePrice, count * durationMs, HOUR);
}

type Dimension = 'kind' | 'model' | 'count' | 'vramBytes' | 'memoryBytes';

/** The first dimension in which the resource can never serve the need; null when it can. */
export function lacking(resource: Resource, need: Need): Dimension | null {
  if (resource.kind !== need.kind) return 'kind';
  if (need.model !== undefined && !sameModel(resource.model, need.model)) return 'model';
  if (resource.slots.length < need.count) return 'count';
  if (need.vramBytes !== undefined && (resource.vramBytes ?? 0) < need.vramBytes) {
    return 'vramBytes';
  }
  if (need.memoryBytes !== undefined && (resource.memoryBytes ?? 0) < need.memoryBytes) {
    return 'memoryBytes';
  }
  return null;
}

/** Why the resource can never serve the need, for whoever asked; null when it can. */
export function mismatch(resource: Resource, need: Need): Problem | null {
  const field = lacking(resource, need);
  if (field === null) return null;
  const has = field === 'count' ? resource.slots.length : (resource[field] ?? 'none stated');
  const detail = `the need is for ${field} ${need[field]}, the resource has ${has}`;
  return problem('resource-mismatch', detail, { field: `need.${field}` });
}

/** The words asked for last: one call is held against many resources. */
const asked = { text: '', words: [] as string[] };

/** "H100" asks for "NVIDIA H100 PCIe" too: every word asked for occurs in the name. */
function sameModel(have: string | null, want: string): boolean {
  if (have === null) return false;
  if (have === want) return true;
  if (want !== asked.text) {
    asked.words = want.toLowerCase().split(/\s+/u);
    asked.text = want;
  }
  const name = have.toLowerCase();
  return asked.words.every((w) => name.includes(w));
}
