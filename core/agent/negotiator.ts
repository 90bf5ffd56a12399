// Acts for one agent in its bargainings: keeps the talks, asks its strategy for each move, and lets
// nothing pass that goes beyond the mandate.
import { type Credits, credits, scaleUp, share, toDecimal } from '../engine/base/credits.ts';
import { HOUR, type Instant, type Ms } from '../engine/base/time.ts';
import type { BargainingProtocol, BargainingRole } from '../engine/protocol/bargaining.ts';
import type { Need } from '../engine/protocol/need.ts';
import { compose, effectivePrice, type Offer, type Weights } from './bargaining/issues.ts';
import { keepMandate } from './bargaining/mandate.ts';
import type { Move, Strategy, View } from './bargaining/strategy.ts';
import type { Heard, Question, Say, Self, Told } from './delegate.ts';
import { type BargainNews, bargainNews, endNews, offerNews, roundNews } from './news.ts';

/** How far its owner lets it go in one call. */
export interface Mandate {
  cfpId: string;
  role: BargainingRole;
  need: Need;
  /** The worst price it may agree to, and the best it can hope for. */
  reservation: Credits;
  ideal: Credits;
}

/** What more than the price counts for its owner; null where nothing else does. */
export interface Concerns {
  weights: Weights;
  noticeMsMax: Ms;
  penaltyMax: Credits;
}

type Offered = Extract<Move, { type: 'offer' }>;

/** A language model that is asked for every move; the strategy then is what it falls back to. */
export interface Mind {
  model: string;
  persona: string;
}

export interface NegotiatorOptions {
  /** How long it lets pass before it speaks, so that people can follow. */
  thinkMs?: Ms;
  concerns?: Concerns | null;
  mind?: Mind | null;
}

interface Talks {
  /** Null where its owner has not said how far it may go: then it is silent. */
  mandate: Mandate | null;
  role: BargainingRole;
  protocol: BargainingProtocol;
  round: number;
  roundsMax: number;
  discount: Record<BargainingRole, number>;
  mine: Offer[];
  theirs: Offer[];
  /** What the other side said in words, oldest first. */
  heard: string[];
  /** When it will speak; null while it waits for the other side. */
  speakAt: Instant | null;
  roundMs: Ms;
  roundFee: Credits;
  roundEndsAt: Instant;
  endsAt: Instant;
  view: View | null;
}

/** Weight of the newest deal in what it thinks a slot costs. */
const LEARNING = 0.25;
/** An answer must arrive before the round closes. */
const ANSWER_MARGIN_MS: Ms = 100;
const MESSAGE_MAX = 500;
/** Mandates of calls that have come to nothing are forgotten beyond this. */
const MANDATES_MAX = 1_024;

export class Negotiator {
  private readonly strategy: Strategy;
  private readonly thinkMs: Ms;
  private readonly concerns: Concerns | null;
  private readonly mind: Mind | null;
  private readonly mandates = new Map<string, Mandate>();
  private readonly talks = new Map<string, Talks>();
  /** Credits per slot and hour in its own deals, smoothed, by kind. */
  private readonly rates = new Map<Need['kind'], Credits>();

  constructor(strategy: Strategy, options: NegotiatorOptions = {}) {
    const { thinkMs = 0, concerns = null, mind = null } = options;
    this.strategy = strategy;
    this.thinkMs = thinkMs;
    this.concerns = concerns;
    this.mind = mind;
  }

  /** Takes on a call, should it come to bargaining. */
  allow(mandate: Mandate): void {
    this.mandates.set(mandate.cfpId, mandate);
    // After a restart the talks are remembered first.
    const t = this.talks.get(mandate.cfpId);
    if (t?.role === mandate.role) t.mandate = mandate;
    const [oldest] = this.mandates.keys();
    if (this.mandates.size > MANDATES_MAX && oldest !== undefined) this.mandates.delete(oldest);
  }

  hear(told: Told, self: Self): void {
    switch (told.type) {
      case 'bargaining-opened':
        return this.opened(bargainNews(told.data), told.at, self);
      case 'offered':
        return this.offered(told, self);
      case 'round-closed':
        return this.closed(told, self);
      case 'awarded':
      case 'call-ended':
        return this.ended(told);
      default:
    }
  }

  private opened(news: BargainNews, at: Instant, self: Self): void {
    const { managerId, protocol, roundsMax, discount, opening } = news;
    const { roundMs, roundFee, endsAt } = news;
    const isMine = managerId !== self.agentId;
    const inTurns = protocol === 'alternating-offers';
    this.talks.set(news.cfpId, {
      mandate: this.mandates.get(news.cfpId) ?? null,
      role: isMine ? 'contractor' : 'manager',
      protocol,
      round: inTurns ? 2 : 1,
      roundsMax,
      discount,
      mine: isMine ? [opening] : [],
      theirs: isMine ? [] : [opening],
      heard: [],
      speakAt: inTurns && isMine ? null : self.now + this.thinkMs,
      roundMs,
      roundFee,
      roundEndsAt: Math.min(at + roundMs, endsAt),
      endsAt,
      view: null,
    });
  }

  /** In turns an offer is seen at once; in rounds only when the round closes. */
  private offered(told: Told, self: Self): void {
    const { cfpId, role, offer, message } = offerNews(told.data);
    const t = this.talks.get(cfpId);
    if (t === undefined) return;
    if (t.protocol === 'monotonic-concession') {
      // Sealed: only its own sender hears of it now, and has spoken in this round.
      t.speakAt = null;
      return;
    }
    nextRound(t, t.round + 1, told.at);
    if (role === t.role) {
      t.mine.push(offer);
      t.speakAt = null;
    } else {
      t.theirs.push(offer);
      if (message !== '') t.heard.push(message);
      t.speakAt = self.now + this.thinkMs;
    }
  }

  private closed(told: Told, self: Self): void {
    const { cfpId, round, said, messages } = roundNews(told.data);
    const t = this.talks.get(cfpId);
    if (t === undefined) return;
    const other = t.role === 'manager' ? 'contractor' : 'manager';
    stand(t.mine, said[t.role]);
    stand(t.theirs, said[other]);
    if (messages[other] !== '') t.heard.push(messages[other]);
    nextRound(t, round + 1, told.at);
    t.speakAt = self.now + this.thinkMs;
  }

  private ended(told: Told): void {
    const { cfpId, deal } = endNews(told.data);
    const t = this.talks.get(cfpId);
    this.mandates.delete(cfpId);
    this.talks.delete(cfpId);
    if (t === undefined) return;
    if (deal !== null && t.mandate !== null) this.learn(t.mandate.need, deal.price);
    const price = deal === null ? null : this.effective(t, deal);
    if (t.view !== null) this.strategy.ended?.({ view: t.view, price });
  }

  private learn({ kind, count, durationMs }: Need, price: number): void {
    const rate = scaleUp(credits(price), HOUR, Math.max(1, count * durationMs));
    const known = this.rates.get(kind);
    const learned = known === undefined ? rate : known + Math.round((rate - known) * LEARNING);
    this.rates.set(kind, credits(learned));
  }

  private effective(t: Talks, offer: Offer): number {
    return this.concerns === null
      ? offer.price
      : effectivePrice(offer, this.concerns.weights, t.role);
  }

  /** A price beyond the mandate cannot be made good by other issues: the market would refuse it. */
  private asked(t: Talks, { role, reservation }: Mandate, offer: Offer): number {
    const worth = this.effective(t, offer);
    if (role === 'manager') return offer.price > reservation ? Math.max(worth, offer.price) : worth;
    return offer.price < reservation ? Math.min(worth, offer.price) : worth;
  }

  private viewOf(t: Talks, mandate: Mandate): View {
    const { role, protocol, roundsMax } = t;
    const { kind, count, durationMs } = mandate.need;
    const rate = this.rates.get(kind);
    const market = rate === undefined ? null : scaleUp(rate, count * durationMs, HOUR);
    const other = role === 'manager' ? 'contractor' : 'manager';
    return {
      protocol,
      role,
      round: Math.min(t.round, roundsMax),
      roundsMax,
      reservation: mandate.reservation,
      ideal: mandate.ideal,
      market,
      mine: t.mine.map((o) => this.effective(t, o)),
      theirs: t.theirs.map((o) => this.asked(t, mandate, o)),
      discount: { mine: t.discount[role], theirs: t.discount[other] },
      roundCost: t.roundFee,
    };
  }

  private speak(t: Talks, mandate: Mandate, self: Self): Say {
    const { cfpId } = mandate;
    t.speakAt = null;
    t.view = this.viewOf(t, mandate);
    if (this.mind !== null) {
      return { to: 'model', cfpId, question: this.question(this.mind, t, mandate, self) };
    }
    return this.move(t, mandate, keepMandate(t.view, this.strategy.decide(t.view)), '');
  }

  private question({ model, persona }: Mind, t: Talks, mandate: Mandate, self: Self): Question {
    const { kind, count, durationMs } = mandate.need;
    const slots = `${count} ${kind} ${count === 1 ? 'slot' : 'slots'}`;
    const span = `${Math.round(durationMs / 1000)} seconds`;
    return {
      model,
      persona,
      note: `${slots} for ${span}. Prices are micro-credits: 1,000,000 are one credit.`,
      view: t.view ?? this.viewOf(t, mandate),
      heard: t.heard,
      withinMs: t.roundEndsAt - self.now - ANSWER_MARGIN_MS,
      fallback: this.strategy,
    };
  }

  private move(t: Talks, mandate: Mandate, move: Move, message: string): Say {
    const { cfpId } = mandate;
    const { round } = t;
    const words = message === '' ? {} : { message: message.slice(0, MESSAGE_MAX) };
    // After the last round an offer would not be heard any more.
    const last = round > t.roundsMax;
    if (move.type === 'accept') {
      return { to: 'accept', cfpId, body: { ...words, ...(last ? {} : { round }) } };
    }
    if (move.type === 'quit' || last) return { to: 'quit', cfpId, body: words };
    return { to: 'offers', cfpId, body: { round, ...words, ...this.bundle(t, mandate, move) } };
  }

  /** The price alone, or the bundle of that effective price that suits the other side best. */
  private bundle(t: Talks, mandate: Mandate, move: Offered): Record<string, unknown> {
    if (this.concerns === null) return { price: toDecimal(credits(move.price)) };
    const { weights, noticeMsMax, penaltyMax } = this.concerns;
    const { reservation, ideal } = mandate;
    const most = Math.max(reservation, ideal, ...t.theirs.map((o) => o.price));
    // Whatever else is in the bundle, the market holds both sides to their limits on the price.
    const price =
      t.role === 'manager' ? { min: 0, max: reservation } : { min: reservation, max: most };
    const offer = compose({
      target: move.price,
      weights,
      role: t.role,
      bounds: {
        price,
        startDelayMs: { min: 0, max: mandate.need.maxStartDelayMs ?? 0 },
        reclaimWindowMs: { min: 0, max: noticeMsMax },
        penalty: { min: 0, max: penaltyMax },
      },
      mine: t.mine.at(-1) ?? null,
      theirs: t.theirs.at(-1) ?? null,
    });
    const { startDelayMs, reclaimWindowMs, penalty } = offer;
    return {
      price: toDecimal(credits(offer.price)),
      startDelayMs,
      terms: { reclaimWindowMs, penalty: toDecimal(credits(penalty)) },
    };
  }

  /** What the market refused cannot be mended by saying it again; a model's answer is a move. */
  answered({ say, ok, body }: Heard): Say[] {
    if (say.to === 'model') return this.advised(say.cfpId, say.question.view, body);
    if (ok || (say.to !== 'offers' && say.to !== 'accept')) return [];
    return this.talks.has(say.cfpId) ? [{ to: 'quit', cfpId: say.cfpId, body: {} }] : [];
  }

  /** The guard stands here too: nothing passes it, whoever has moved. */
  private advised(cfpId: string, view: View, body: Heard['body']): Say[] {
    const t = this.talks.get(cfpId);
    if (t?.view !== view || t.mandate === null) return [];
    const move = (body.move as Move | undefined) ?? this.strategy.decide(view);
    const message = typeof body.message === 'string' ? body.message : '';
    return [this.move(t, t.mandate, keepMandate(view, move), message)];
  }

  wake(self: Self): Say[] {
    const says: Say[] = [];
    for (const t of this.talks.values()) {
      const due = t.speakAt !== null && t.speakAt <= self.now;
      if (due && t.mandate !== null) says.push(this.speak(t, t.mandate, self));
    }
    return says;
  }

  wakeAt(): Instant | null {
    let next: Instant | null = null;
    for (const { speakAt, mandate } of this.talks.values()) {
      if (speakAt !== null && mandate !== null && (next === null || speakAt < next)) next = speakAt;
    }
    return next;
  }
}

function nextRound(t: Talks, round: number, at: Instant): void {
  t.round = round;
  t.roundEndsAt = Math.min(at + t.roundMs, t.endsAt);
}

/** A side that was silent repeats its offer. */
function stand(offers: Offer[], said: Offer | null): void {
  const offer = said ?? offers.at(-1);
  if (offer !== undefined) offers.push(offer);
}

/** Where a buyer opens that may pay `reservation`: it cannot know what the other side needs. */
export function openingOf(reservation: Credits): Credits {
  return share(reservation, 2, 5);
}
