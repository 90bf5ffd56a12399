// A market made up for the screen's tests: records as the host would send them, at any size and
// pace, from a seed. It keeps the books balanced, so that the screen has nothing to complain about.
import type {
  AgentView,
  CallView,
  DialogueView,
  LeaseView,
  Patch,
  Records,
  ResourceView,
  Snapshot,
  Totals,
} from '../../../core/engine/view/model.ts';
import type { Credits } from '../../../core/engine/base/credits.ts';
import { idOf, type IdKind } from '../../../core/engine/base/ids.ts';
import { createRng, type Rng } from '../../../core/engine/base/rng.ts';
import { bargainedCall, EXAMPLES, exampleDoc, goOn } from './fake-bargaining.ts';
import { cr, lost, MICRO, newLease, RULE, silent, won } from './fake-records.ts';
import { agentNames, contractorNames, KINDS, models, projects, titles } from './fake-words.ts';

type Changed = { [K in keyof Records]: Map<string, Records[K][number]> };

export interface FakeMarket {
  snapshot(): Snapshot;
  /** Lets time pass; what changed is kept until `patch` takes it. */
  step(now: number): void;
  /** Replaces so many records by equal ones, as a busy market would. */
  touch(n: number): void;
  /** Everything since the last one as one patch, or null when nothing changed. */
  patch(): Patch | null;
  records: {
    agents: Map<string, AgentView>;
    calls: Map<string, CallView>;
    leases: Map<string, LeaseView>;
    resources: Map<string, ResourceView>;
  };
  /** Replaces a record, as a command from the screen would. */
  change<K extends keyof Records>(kind: K, record: Records[K][number]): void;
}

export interface FakeOptions {
  /** All agents, with this machine's seller and the contractors. 0: an empty market. */
  agents: number;
  seed: number;
  now: number;
  /** Calls opened per second. */
  callsPerS: number;
  /** Ended calls kept before they are gone. */
  kept: number;
}

export function createFakeMarket(options: FakeOptions): FakeMarket {
  const world = new World(options);
  return {
    snapshot: () => world.snapshot(),
    step: (now) => world.step(now),
    touch: (n) => world.touch(n),
    patch: () => world.patch(),
    records: world,
    change: (kind, record) => world.put(kind, record),
  };
}

class World {
  readonly agents = new Map<string, AgentView>();
  readonly calls = new Map<string, CallView>();
  readonly leases = new Map<string, LeaseView>();
  readonly resources = new Map<string, ResourceView>();
  readonly #projects = new Map<string, Records['projects'][number]>();
  readonly #rng: Rng;
  readonly #options: FakeOptions;
  readonly #managers: string[] = [];
  readonly #ended: string[] = [];
  #gone: string[] = [];
  #seq = 0;
  #from = 0;
  #at: number;
  #due = 0;
  #changed: Changed = fresh();

  constructor(options: FakeOptions) {
    this.#options = options;
    this.#rng = createRng(options.seed);
    this.#at = options.now;
    this.#people();
    this.#due = 0;
    // A little history, so that a page that has just been opened is not empty.
    if (options.agents > 1) {
      for (let t = options.now - 90_000; t < options.now; t += 250) this.step(t);
    }
    if (options.agents > 8) this.#bargain(options.now);
    this.#at = options.now;
    this.#changed = fresh();
    this.#gone = [];
    this.#from = this.#seq;
  }

  #id(kind: IdKind): string {
    this.#seq += 1;
    return idOf(kind, this.#seq);
  }

  #people(): void {
    const { agents } = this.#options;
    const machine = this.#agent('this-machine', 'machine', null);
    this.#resource(machine, 'cpu', 'AMD EPYC 7B13', agents > 100 ? 16 : 4);
    this.#resource(machine, 'memory', null, 8);
    if (agents < 2) return;
    const contractors = Math.max(2, Math.round(agents * 0.15));
    for (const name of contractorNames(contractors)) {
      const id = this.#agent(name, 'agent', null);
      const n = this.#rng.chance(0.3) ? 2 : 1;
      for (let i = 0; i < n; i++) {
        const kind = this.#rng.chance(0.6) ? 'gpu' : 'cpu';
        const slots = this.#rng.chance(0.1) ? 24 : 1 + this.#rng.below(6);
        this.#resource(id, kind, this.#rng.pick(models[kind]), slots);
      }
    }
    for (const name of agentNames(agents - contractors - 1)) {
      this.#managers.push(this.#agent(name, 'agent', this.#rng.pick(projects)));
    }
    for (const name of projects) {
      const amounts = { posted: cr(200), held: cr(0), budget: null };
      this.#projects.set(name, { name, ...amounts });
    }
  }

  #agent(name: string, kind: AgentView['kind'], project: string | null): string {
    const id = this.#id('agt');
    const amount = 20 + this.#rng.below(180);
    const seller = project === null;
    this.agents.set(id, {
      id,
      name,
      kind,
      project,
      system: name.startsWith('executive'),
      delegate: kind === 'machine' ? 'seller' : seller ? null : 'truthful',
      strategy: seller ? null : 'time-dependent',
      model: null,
      posted: cr(amount),
      held: cr(0),
      budget: seller
        ? null
        : {
            amount: cr(200),
            windowMs: 3_600_000,
            carryOver: false,
            remaining: cr(amount),
            windowEndsAt: this.#at + 1_800_000,
          },
      openCalls: 0,
      liveProposals: 0,
      runningLeases: 0,
      kept: 0,
      broken: 0,
    });
    return id;
  }

  #resource(ownerId: string, kind: ResourceView['kind'], model: string | null, n: number): void {
    const id = this.#id('res');
    this.resources.set(id, {
      id,
      ownerId,
      kind,
      model,
      vramBytes: kind === 'gpu' ? 80 * 2 ** 30 : null,
      memoryBytes: kind === 'memory' ? 2 * 2 ** 30 : null,
      reservePrice: cr(kind === 'gpu' ? 10 : 1),
      simulated: kind === 'gpu' && this.#rng.chance(0.3),
      paused: false,
      epoch: 1,
      slots: Array.from({ length: n }, () => ({ state: 'free', by: null, until: null })),
    });
  }

  put<K extends keyof Records>(kind: K, record: Records[K][number]): void {
    const key = 'id' in record ? record.id : record.name;
    const maps = { ...this.#maps() } as unknown as Record<K, Map<string, Records[K][number]>>;
    maps[kind].set(key, record);
    (this.#changed[kind] as Map<string, Records[K][number]>).set(key, record);
    this.#seq += 1;
  }
  #maps() {
    const { agents, calls, leases, resources } = this;
    return { agents, calls, leases, resources, projects: this.#projects };
  }

  touch(n: number): void {
    for (let i = 0; i < n && this.#managers.length > 0; i++) {
      const agent = this.agents.get(this.#rng.pick(this.#managers));
      if (agent) this.put('agents', { ...agent, posted: (agent.posted + 1) as Credits });
    }
  }

  step(now: number): void {
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    for (const call of [...this.calls.values()]) {
      if (call.state === 'open') this.#answer(call, now);
      if (call.state === 'bargaining') this.#bargainOn(call, now);
    }
    for (const lease of [...this.leases.values()]) {
      if (lease.ended === null && lease.endAt <= now) this.#settle(lease, now);
    }
    this.#due += (passed / 1000) * this.#options.callsPerS;
    for (; this.#due >= 1 && this.#managers.length > 0; this.#due -= 1) this.#open(now);
    this.#forget();
  }

  #open(now: number): void {
    const managerId = this.#rng.pick(this.#managers);
    const kind = this.#rng.pick(KINDS);
    const invited = this.#invited(kind);
    const id = this.#id('cfp');
    this.put('calls', {
      id,
      direction: 'need',
      managerId,
      title: this.#rng.pick(titles),
      project: this.agents.get(managerId)?.project ?? 'none',
      need: { kind, count: 1, durationMs: (5 + this.#rng.below(40)) * 1000 },
      offer: null,
      limitPrice: cr(4 + this.#rng.below(1600) / 100),
      openedAt: now,
      replyBy: now + 1500 + this.#rng.below(4000),
      endedAt: null,
      state: 'open',
      why: null,
      pricing: 'second-price',
      award: 'auto',
      dialogues: invited.map((agentId) => silent(agentId)),
      late: 0,
      proposalId: null,
      leaseId: null,
      bargaining: null,
    });
    this.#count(managerId, { openCalls: 1 });
  }

  /** One bargaining of every kind, each between another pair. */
  #bargain(now: number): void {
    const sellers = [...new Set([...this.resources.values()].map(({ ownerId }) => ownerId))];
    for (const [i, example] of EXAMPLES.toReversed().entries()) {
      const managerId = this.#managers[i % this.#managers.length] ?? '';
      const contractorId = sellers[(i + 1) % sellers.length] ?? '';
      const parties = { managerId, contractorId, proposalId: this.#id('prp') };
      const doc = exampleDoc(example, now, parties);
      this.put('calls', bargainedCall(this.#id('cfp'), example, doc));
    }
  }
  #bargainOn(call: CallView, now: number): void {
    const doc = call.bargaining;
    const next = doc && goOn(doc, now);
    if (next && next !== doc) this.put('calls', bargainedCall(call.id, 'running', next));
  }

  #invited(kind: ResourceView['kind']): string[] {
    const owners = new Set<string>();
    for (const r of this.resources.values()) if (r.kind === kind) owners.add(r.ownerId);
    const all = [...owners];
    const most = Math.min(all.length, 6);
    const start = this.#rng.below(Math.max(1, all.length));
    return Array.from({ length: most }, (_, i) => all[(start + i) % all.length] ?? '');
  }

  #answer(call: CallView, now: number): void {
    if (now >= call.replyBy) return this.#decide(call, now);
    const waiting = call.dialogues.findIndex(({ state }) => state === 'called');
    if (waiting < 0 || !this.#rng.chance(0.35)) return;
    const dialogue = call.dialogues[waiting] as DialogueView;
    const dialogues = [...call.dialogues];
    dialogues[waiting] = this.#rng.chance(0.28)
      ? this.#refusal(dialogue, now)
      : this.#proposal(dialogue, call, now);
    this.put('calls', { ...call, dialogues });
  }
  #refusal(dialogue: DialogueView, at: number): DialogueView {
    const [reason, detail] = this.#rng.pick([
      ['no-capacity', 'needs 24 GB, 19 GB free until 14:20'],
      ['busy', ''],
      ['price-too-low', ''],
      ['resource-mismatch', ''],
    ] as const);
    return { ...dialogue, state: 'refused', refusal: { reason, detail, at } };
  }
  #proposal(dialogue: DialogueView, call: CallView, at: number): DialogueView {
    const price = cr((call.limitPrice / MICRO) * (0.4 + this.#rng.below(80) / 100));
    const start = this.#rng.chance(0.3) ? this.#rng.below(20) * 1000 : 0;
    return {
      ...dialogue,
      state: 'proposed',
      proposal: {
        id: this.#id('prp'),
        price,
        startDelayMs: start,
        at,
        validUntil: call.replyBy + 60_000,
        state: 'live',
        needId: null,
        loss: null,
      },
    };
  }

  #decide(call: CallView, now: number): void {
    const bids = call.dialogues.filter(({ proposal }) => proposal !== null);
    const valid = bids.filter(({ proposal }) => (proposal?.price ?? 0) <= call.limitPrice);
    valid.sort((a, b) => (a.proposal?.price ?? 0) - (b.proposal?.price ?? 0));
    // The cheapest wins where it has a slot left; the others lost on price.
    for (const winner of valid) {
      const slot = this.#freeSlot(winner.agentId, call.need?.kind ?? 'cpu');
      if (slot) return this.#award(call, winner, valid, slot, now);
    }
    const why = bids.length === 0 ? 'no-proposals' : 'all-above-max-price';
    const dialogues = call.dialogues.map((one) => lost(one, call, null));
    this.put('calls', { ...call, state: 'unawarded', why, endedAt: now, dialogues });
    this.#count(call.managerId, { openCalls: -1 });
    this.#ended.push(call.id);
  }

  #freeSlot(ownerId: string, kind: string): { resource: ResourceView; slot: number } | null {
    for (const resource of this.resources.values()) {
      if (resource.ownerId !== ownerId || resource.kind !== kind || resource.paused) continue;
      const slot = resource.slots.findIndex(({ state }) => state === 'free');
      if (slot >= 0) return { resource, slot };
    }
    return null;
  }

  #award(
    call: CallView,
    winner: DialogueView,
    valid: readonly DialogueView[],
    { resource, slot }: { resource: ResourceView; slot: number },
    now: number,
  ): void {
    const second = valid.find((one) => one !== winner && one.proposal)?.proposal;
    const price = second ? second.price : call.limitPrice;
    const leaseId = this.#id('lse');
    const endAt = now + (call.need?.durationMs ?? 5000);
    const epoch = resource.epoch + 1;
    this.put(
      'leases',
      newLease({ call, leaseId, winner, resource, slot, epoch, price, now, endAt }),
    );
    const slots = [...resource.slots];
    slots[slot] = { state: 'leased', by: leaseId, until: endAt };
    this.put('resources', { ...resource, slots, epoch });
    const best = winner.proposal?.price ?? 0;
    const dialogues = call.dialogues.map((one) =>
      one === winner ? won(one) : lost(one, call, best),
    );
    const proposalId = winner.proposal?.id ?? null;
    const ended = { state: 'awarded' as const, endedAt: now, dialogues, leaseId, proposalId };
    this.put('calls', { ...call, ...ended });
    this.#count(call.managerId, { openCalls: -1, runningLeases: 1, held: price });
    this.#count(winner.agentId, { runningLeases: 1 });
  }

  #settle(lease: LeaseView, now: number): void {
    const good = this.#rng.chance(0.93);
    const charge = good ? lease.price : cr(0);
    this.put('leases', {
      ...lease,
      state: good ? 'settled' : 'expired',
      ended: {
        at: now,
        ending: good ? 'settled' : 'expired',
        how: good ? 'done' : 'no-report',
        detail: '',
        charge,
      },
    });
    const resource = this.resources.get(lease.resourceId);
    if (resource) {
      const slots = [...resource.slots];
      for (const i of lease.slots) slots[i] = { state: 'free', by: null, until: null };
      this.put('resources', { ...resource, slots });
    }
    const released = -lease.price;
    this.#count(lease.managerId, { runningLeases: -1, held: released, posted: -charge });
    this.#count(lease.contractorId, { runningLeases: -1, posted: charge, kept: good ? 1 : 0 });
    this.#ended.push(lease.cfpId);
  }

  /** Adds to the figures of an agent; a budget that runs dry is issued anew. */
  #count(id: string, by: Partial<Record<keyof AgentView, number>>): void {
    const agent = this.agents.get(id);
    if (!agent) return;
    const sum = (key: 'openCalls' | 'runningLeases' | 'kept'): number =>
      Math.max(0, agent[key] + (by[key] ?? 0));
    const posted = agent.posted + (by.posted ?? 0);
    const topped = (agent.budget && posted < cr(5) ? posted + cr(150) : posted) as Credits;
    this.put('agents', {
      ...agent,
      openCalls: sum('openCalls'),
      runningLeases: sum('runningLeases'),
      kept: sum('kept'),
      posted: topped,
      held: Math.max(0, agent.held + (by.held ?? 0)) as Credits,
      budget: agent.budget && { ...agent.budget, remaining: topped },
    });
  }

  #forget(): void {
    while (this.#ended.length > this.#options.kept) {
      const id = this.#ended.shift() ?? '';
      const leaseId = this.calls.get(id)?.leaseId;
      this.calls.delete(id);
      this.#changed.calls.delete(id);
      this.#gone.push(id);
      if (!leaseId) continue;
      this.leases.delete(leaseId);
      this.#changed.leases.delete(leaseId);
      this.#gone.push(leaseId);
    }
  }

  #totals(): Totals {
    let circulation = 0;
    let held = 0;
    for (const one of this.agents.values()) {
      circulation += one.posted;
      held += one.held;
    }
    const live = [...this.calls.values()].filter(({ state }) => state === 'open').length;
    const running = [...this.leases.values()].filter(({ ended }) => ended === null).length;
    return {
      openCalls: live,
      runningLeases: running,
      agents: Math.max(0, this.agents.size - 1),
      circulation: circulation as Credits,
      held: held as Credits,
      trialSum: cr(0),
    };
  }

  #headOf(): { seq: number; head: string; at: number } {
    const head = (this.#seq * 2_654_435_761).toString(16).padStart(64, '3f7a9c1e');
    return { seq: this.#seq, head, at: this.#at };
  }

  snapshot(): Snapshot {
    this.#changed = fresh();
    this.#gone = [];
    this.#from = this.#seq;
    return {
      ...this.#headOf(),
      marketId: 'mkt_test',
      policy: {
        reservePrices: { gpu: cr(10), cpu: cr(1), memory: cr(0.1) },
        priorityReserve: 0.25,
        defaults: { pricing: 'second-price', award: 'auto', replyByMs: 2000 },
        surcharge: null,
        bargaining: RULE,
      },
      totals: this.#totals(),
      agents: [...this.agents.values()],
      projects: [...this.#projects.values()],
      resources: [...this.resources.values()],
      calls: [...this.calls.values()],
      leases: [...this.leases.values()],
    };
  }

  patch(): Patch | null {
    if (this.#seq === this.#from) return null;
    const patch: Patch = { from: this.#from, ...this.#headOf(), totals: this.#totals() };
    const { agents, projects: all, resources, calls, leases } = this.#changed;
    if (agents.size > 0) patch.agents = [...agents.values()];
    if (all.size > 0) patch.projects = [...all.values()];
    if (resources.size > 0) patch.resources = [...resources.values()];
    if (calls.size > 0) patch.calls = [...calls.values()];
    if (leases.size > 0) patch.leases = [...leases.values()];
    if (this.#gone.length > 0) patch.gone = this.#gone;
    this.#changed = fresh();
    this.#gone = [];
    this.#from = this.#seq;
    return patch;
  }
}

function fresh(): Changed {
  return {
    agents: new Map(),
    projects: new Map(),
    resources: new Map(),
    calls: new Map(),
    leases: new Map(),
  };
}
