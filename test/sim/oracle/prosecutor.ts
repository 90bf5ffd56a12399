// All oracles together. They see the stored texts one by one, what is released, and what is asked
// and answered; next to their own books runs a second market, folded from the same texts.
import type { evolve } from '../../../core/engine/market/evolve.ts';
import { canonical } from '../../../core/engine/market/canon.ts';
import type { Command } from '../../../core/engine/market/commands.ts';
import type { Event } from '../../../core/engine/market/events.ts';
import { createMarket, type Market } from '../../../core/engine/market/state.ts';
import type { Step } from '../../../core/engine/market/step.ts';
import type { touch } from '../../../core/engine/view/project.ts';
import type { forAgent } from '../../../core/engine/view/visible.ts';
import type { Batch, IdempotencyKey, Reply } from '../../../core/host/loop.ts';
import type { Disk } from '../disk.ts';
import type { Accuse } from './accuse.ts';
import { BargainEars } from './bargain-ears.ts';
import { Haggles } from './bargain-facts.ts';
import { BargainMoney } from './bargain-money.ts';
import { BargainTalk } from './bargain-talk.ts';
import { Books } from './books.ts';
import { Facts } from './facts.ts';
import { Proof } from './proof.ts';
import { Rights } from './rights.ts';
import { createScreen, type Screen } from './screen.ts';
import { Talk } from './talk.ts';
import { BoundWatch, TimeWatch } from './time.ts';

export interface Case {
  disk: Disk;
  accuse: Accuse;
  hash: (text: string) => string;
  evolve: typeof evolve;
  touch: typeof touch;
  tell: typeof forAgent;
  screen: boolean;
}

/** One command in so many has the whole state compared before and after, should it be refused. */
const WHOLE_CHECK = 200;

export class Prosecutor {
  readonly facts = new Facts();
  private readonly c: Case;
  private readonly replica = createMarket();
  private readonly books: Books;
  private readonly rights: Rights;
  private readonly time: TimeWatch;
  private readonly bounds: BoundWatch;
  private readonly talk: Talk;
  private readonly proof: Proof;
  private readonly screen: Screen | null;
  private readonly haggles = new Haggles(this.facts);
  private readonly bargainTalk: BargainTalk;
  private readonly bargainMoney: BargainMoney;
  private readonly bargainEars: BargainEars;
  private seen = 0;
  private commands = 0;
  private before: string | null = null;

  constructor(c: Case) {
    const { accuse } = c;
    this.c = c;
    this.books = new Books(accuse);
    this.rights = new Rights(this.facts, accuse);
    this.time = new TimeWatch(this.facts, accuse);
    this.bounds = new BoundWatch(this.facts, accuse);
    this.talk = new Talk(accuse);
    this.proof = new Proof(c.disk, c.hash, accuse);
    this.bargainTalk = new BargainTalk(this.haggles, accuse);
    this.bargainMoney = new BargainMoney(this.haggles, accuse);
    this.bargainEars = new BargainEars(this.haggles, c.tell, accuse);
    this.screen = c.screen ? createScreen(c.touch, accuse) : null;
  }

  asked(m: Market, cmd: Command): void {
    if (cmd.type !== 'tick') this.commands++;
    this.before = this.seen++ % WHOLE_CHECK === 0 ? canonical(m) : null;
  }

  answered(m: Market, cmd: Command, said: Step): void {
    this.talk.answered(cmd, said);
    this.rights.answered(cmd, said);
    if (this.before === null || said.events.length > 0 || canonical(m) === this.before) return;
    this.c.accuse('P1', `${cmd.type} left no event and changed the state`);
  }

  /** A commit is durable. */
  stored(live: Market, batch: Batch): void {
    const { texts, heads } = this.c.disk;
    for (let i = this.replica.seq; i < texts.length; i++) {
      this.examine(texts[i] as string, heads[i] as string);
    }
    this.replica.forgotten = [];
    this.bounds.stored(batch, this.commands, live.ended.length);
    this.commands = 0;
    this.proof.stored(live, this.replica);
  }

  /** One stored event: every oracle, then the engine's state after it. */
  private examine(text: string, head: string): void {
    this.proof.text(text, head);
    const e = JSON.parse(text) as Event;
    this.time.apply(e);
    this.books.apply(e);
    this.bargainTalk.look(e);
    this.bargainMoney.look(e);
    this.haggles.apply(e);
    this.bargainMoney.looked(e);
    const change = this.facts.apply(e);
    this.rights.apply(e, change);
    this.bounds.apply(e);
    this.c.evolve(this.replica, e);
    this.books.compare(this.replica);
    this.rights.compare(this.replica);
    this.bargainMoney.compare(this.replica);
  }

  /** An event goes out to those whom it concerns. */
  released(e: Event): void {
    this.proof.released(e.seq, 'news');
    this.talk.released(e);
    this.bargainEars.released(e);
  }

  replied(key: IdempotencyKey, reply: Reply): void {
    this.proof.replied(key, reply);
  }

  /** A client sends a proposal. */
  sent(contractorId: string, cfpId: string, price: number): void {
    this.talk.sent(contractorId, cfpId, price);
  }

  /** A client sends an offer in a bargaining. */
  offered(agentId: string, cfpId: string, price: number): void {
    this.bargainTalk.sent(agentId, cfpId, price);
  }

  /** A turn left nothing undone. */
  idle(logical: number): void {
    this.bargainTalk.idle(logical);
  }

  recovered(m: Market): void {
    this.commands = 0;
    this.proof.recovered(m, this.replica);
  }

  started(logical: number, trueMs: number): void {
    this.time.started(logical, trueMs);
  }

  ticked(logical: number, trueMs: number, sleeps: number): void {
    this.time.ticked(logical, trueMs, sleeps);
  }

  connected(m: Market, head: string): void {
    this.screen?.connect(m, { seq: m.seq, head, at: m.at });
  }

  shown(m: Market, head: string, batch: Batch): void {
    this.proof.released(m.seq, 'a patch');
    this.screen?.shown(m, { seq: m.seq, head, at: m.at }, batch);
  }

  /** P4: the faults have stopped and the time is up. */
  settled(live: Market): void {
    const open = [...this.facts.open];
    if (open.length > 0) this.c.accuse('P4', `still open: ${open.join(', ')}`);
    this.proof.settled(live, this.replica);
  }
}
