// Awards, slots and leases.
//
// A1  at most one `awarded` per call and per need that a bid named.
// A2  no two holders of a slot overlap in time: leases, proposals and offers alike, for a promise
//     holds what it promises (F9).
// A3  an award's own event holds the price and the penalty, claims slots and names the lease: all
//     of it is in the one text, so a commit has all or nothing.
// A4  a lease has one ending, one of settled, expired, voided.
// A5  a resource's epoch grows with every award; `done`, `fail` and `renew` were accepted only with
//     the lease's own epoch.
// A6  a hold lives exactly as long as the call, proposal or lease whose event took it, and the
//     engine's slots are taken by exactly what is open. Only a bargaining moves a hold of what is
//     open: by its beginning the ceiling's, by an offer its sender's.
import type { Command } from '../../../core/engine/market/commands.ts';
import type { Event } from '../../../core/engine/market/events.ts';
import type { Market } from '../../../core/engine/market/state.ts';
import type { Step } from '../../../core/engine/market/step.ts';
import type { Accuse } from './accuse.ts';
import type { Change, Claim, Facts, Of } from './facts.ts';

interface Taken {
  slot: number;
  from: number;
  to: number;
  by: string;
}

export class Rights {
  private readonly facts: Facts;
  private readonly accuse: Accuse;
  private readonly watchHolds: HoldWatch;
  private readonly slots = new Map<string, Taken[]>();
  private readonly claims = new Map<string, string>();
  private readonly touched = new Set<string>();
  private readonly epochs = new Map<string, number>();
  private readonly awards = new Map<string, string>();
  private readonly ended = new Set<string>();

  constructor(facts: Facts, accuse: Accuse) {
    this.facts = facts;
    this.accuse = accuse;
    this.watchHolds = new HoldWatch(facts, accuse);
  }

  /** After the facts have taken the event in. */
  apply(e: Event, change: Change): void {
    if (e.type === 'awarded') this.checkAward(e);
    if (e.type === 'lease-ended') this.checkEnd(e);
    this.moveSlots(e, change);
    this.watchHolds.apply(e, change);
  }

  /** A6 for slots: the engine's are taken by exactly what is open, for exactly that time. */
  compare(m: Market): void {
    for (const id of this.touched) {
      const engine = (m.resources.get(id)?.slots ?? []).flatMap((taken, slot) =>
        taken.map((t) => `${slot} ${t.by} ${t.from} ${t.to}`),
      );
      const ours = (this.slots.get(id) ?? []).map((t) => `${t.slot} ${t.by} ${t.from} ${t.to}`);
      if (engine.sort().join() === ours.sort().join()) continue;
      const both = `${engine.join()}; by the journal ${ours.join()}`;
      this.accuse('A6', `event ${m.seq}: slots of ${id}: ${both}`);
    }
    this.touched.clear();
  }

  answered(cmd: Command, said: Step): void {
    if (cmd.type !== 'done' && cmd.type !== 'fail' && cmd.type !== 'renew') return;
    const epoch = this.facts.leases.get(cmd.leaseId)?.awarded.epoch;
    if (epoch === undefined || epoch === cmd.body.epoch || !said.result.ok) return;
    const what = `${cmd.type} of ${cmd.leaseId}`;
    this.accuse('A5', `${what} was accepted with epoch ${cmd.body.epoch}`);
  }

  private take(e: Event, claim: Claim, by: string): void {
    const { resourceId, from, to } = claim;
    const taken = this.slots.get(resourceId) ?? [];
    this.slots.set(resourceId, taken);
    this.touched.add(resourceId);
    this.claims.set(by, resourceId);
    for (const slot of claim.slots) {
      const other = taken.find((t) => t.slot === slot && t.from < to && from < t.to);
      if (other !== undefined) {
        const both = `${other.by}’s and ${by}’s`;
        this.accuse('A2', `event ${e.seq}: slot ${slot} of ${resourceId} is ${both}`);
      }
      taken.push({ slot, from, to, by });
    }
  }

  private free(by: string): void {
    const resourceId = this.claims.get(by);
    if (resourceId === undefined) return;
    this.claims.delete(by);
    this.touched.add(resourceId);
    const left = (this.slots.get(resourceId) ?? []).filter((t) => t.by !== by);
    this.slots.set(resourceId, left);
  }

  private checkAward(e: Of<'awarded'>): void {
    for (const id of [e.cfpId, e.needId]) {
      if (id === null) continue;
      const before = this.awards.get(id);
      if (before !== undefined) {
        this.accuse('A1', `${id} is awarded to ${before} and to ${e.leaseId}`);
      }
      this.awards.set(id, e.leaseId);
    }
    const epoch = this.epochs.get(e.claim.resourceId) ?? 0;
    if (e.epoch <= epoch) this.accuse('A5', `event ${e.seq}: epoch ${e.epoch} after ${epoch}`);
    this.epochs.set(e.claim.resourceId, e.epoch);
    this.checkWhole(e);
  }

  private checkWhole(e: Of<'awarded'>): void {
    const held = (code: string): number =>
      e.transfers.reduce((sum, t) => {
        const counts = t.kind === 'pending' && t.code === code && t.leaseId === e.leaseId;
        return counts ? sum + t.amount : sum;
      }, 0);
    const isNeed = this.facts.calls.get(e.cfpId)?.opened.direction === 'need';
    const asked = isNeed ? this.facts.proposals.get(e.proposalId)?.made.terms : undefined;
    const terms = e.bargained?.deal ?? asked;
    const whole =
      held('lease') === e.price &&
      held('penalty-hold') === (terms?.penalty ?? 0) &&
      e.claim.slots.length > 0 &&
      new Set(e.claim.slots).size === e.claim.slots.length;
    if (!whole) this.accuse('A3', `event ${e.seq} awards without hold, penalty or slots`);
  }

  private checkEnd(e: Of<'lease-ended'>): void {
    if (this.ended.has(e.leaseId)) this.accuse('A4', `event ${e.seq} ends ${e.leaseId} once more`);
    this.ended.add(e.leaseId);
    const known = ['settled', 'expired', 'voided'].includes(e.ending);
    if (!known) this.accuse('A4', `event ${e.seq}: ${e.ending} is no ending`);
  }

  private moveSlots(e: Event, change: Change): void {
    for (const id of change.closed) this.free(id);
    if ((e.type === 'cfp-opened' || e.type === 'proposed') && e.claim !== null) {
      this.take(e, e.claim, e.type === 'proposed' ? e.proposalId : e.cfpId);
    } else if (e.type === 'awarded') this.take(e, e.claim, e.leaseId);
    else if (e.type === 'lease-renewed') {
      const lease = this.facts.leases.get(e.leaseId);
      if (lease === undefined) return;
      this.free(e.leaseId);
      this.take(e, { ...lease.awarded.claim, to: e.endAt }, e.leaseId);
    }
  }
}

/** A6 for holds: whose they are, and that they go when it goes. */
class HoldWatch {
  private readonly facts: Facts;
  private readonly accuse: Accuse;
  private readonly ownerOf = new Map<string, string>();
  private readonly holdsOf = new Map<string, Set<string>>();

  constructor(facts: Facts, accuse: Accuse) {
    this.facts = facts;
    this.accuse = accuse;
  }

  apply(e: Event, change: Change): void {
    if ('transfers' in e) e.transfers.forEach((t, n) => this.follow(e, n, t));
    for (const id of change.closed) {
      const left = this.holdsOf.get(id);
      this.holdsOf.delete(id);
      if (left === undefined || left.size === 0) continue;
      this.accuse('A6', `event ${e.seq} closes ${id} and leaves the hold ${[...left].join()}`);
    }
  }

  private follow(e: Event, n: number, t: Of<'awarded'>['transfers'][number]): void {
    if (t.kind === 'posted') return;
    if (t.kind === 'pending') {
      const owner = takerOf(e);
      const id = `trf_${e.seq.toString(36).padStart(9, '0')}_${n}`;
      if (owner === null) return this.accuse('A6', `event ${e.seq} holds for nobody`);
      this.ownerOf.set(id, owner);
      this.holdsOf.set(owner, (this.holdsOf.get(owner) ?? new Set()).add(id));
      return;
    }
    const owner = this.ownerOf.get(t.pendingId);
    if (owner === undefined) return; // resolved twice: L6
    this.holdsOf.get(owner)?.delete(t.pendingId);
    this.ownerOf.delete(t.pendingId);
    if (this.facts.open.has(owner) && owner !== moverOf(e)) {
      this.accuse('A6', `event ${e.seq} frees a hold of ${owner}, still open`);
    }
  }
}

/** Whose the holds of an event are. */
function takerOf(e: Event): string | null {
  if (e.type === 'cfp-opened') return e.cfpId;
  if (e.type === 'proposed') return e.proposalId;
  return e.type === 'awarded' ? e.leaseId : moverOf(e);
}

/** Whose hold a word of a bargaining moves. */
function moverOf(e: Event): string | null {
  if (e.type === 'offered') return e.role === 'manager' ? e.cfpId : e.proposalId;
  return e.type === 'bargaining-opened' ? e.cfpId : null;
}
