// Answers of the made-up host to requests of the screen: the routes it uses, with plausible bodies.
import type { ScreenToHost } from '../../../core/contract.ts';
import type { CallView, ResourceView } from '../../../core/engine/view/model.ts';
import type { TraceLine } from '../../../core/engine/view/trace.ts';
import { tournament } from './fake-bargaining.ts';
import { type Chosen, delegate, STRATEGIES } from './fake-delegates.ts';
import type { FakeMarket } from './fake-market.ts';

type Request = Extract<ScreenToHost, { kind: 'request' }>;
interface Answer {
  status: number;
  body: unknown;
}
const MICRO = 1_000_000;
const iso = (at: number): string => new Date(at).toISOString();
const ok = (body: unknown): Answer => ({ status: 200, body });
const problem = (status: number, code: string, detail: string): Answer => ({
  status,
  body: { type: 'about:blank', title: code, status, code, detail },
});

export function answer(market: FakeMarket, { method, path, body }: Request): Answer {
  const url = new URL(path, 'http://host');
  const parts = url.pathname.split('/').slice(2);
  const id = decodeURIComponent(parts[1] ?? '');
  const call = market.records.calls.get(id);
  switch (`${method} ${parts[0]}${parts[2] ? `/${parts[2]}` : ''}`) {
    case 'GET cfps/trace':
      return call ? ok({ trace: trace(market, call) }) : problem(404, 'not-found', 'no such call');
    case 'GET leases/log':
      return ok({ log: log(id), truncated: false, running: true });
    case 'POST leases/give-back':
      return giveBack(market, id);
    case 'POST cfps/cancel':
      return call ? cancel(market, call) : problem(404, 'not-found', 'no such call');
    case 'PUT resources':
      return changeResource(market, id, body);
    case 'POST lab':
      return tournament((body as { seed: number }).seed);
    case 'GET ledger':
    case 'GET ledger/undefined':
      return ledger(market, id, url);
    case 'GET strategies':
      return ok(STRATEGIES);
    case 'GET agents':
    case 'PUT agents/delegate':
    case 'DELETE agents/delegate':
      return delegate(market, method, id, body as Chosen | undefined);
    case 'PUT agents/budget':
    case 'PUT projects/budget':
    case 'PUT policy':
    case 'POST demo':
      return ok({ receipt: { seq: 1, head: '0' } });
    default:
      return problem(404, 'not-found', `no route ${method} ${path}`);
  }
}

function trace(market: FakeMarket, call: CallView): TraceLine[] {
  const name = (id: string): string => market.records.agents.get(id)?.name ?? id;
  const line = (
    at: number,
    performative: TraceLine['performative'],
    fromId: string | null,
    toId: string | null,
    text: string,
  ): TraceLine => ({ seq: 0, at: iso(at), performative, fromId, toId, text, event: 'test' });
  const amount = (micro: number): string => `${Math.round(micro / 10_000) / 100} credits`;
  const lines = [
    line(
      call.openedAt,
      'cfp',
      call.managerId,
      null,
      `Call: ${call.title}, at most ${amount(call.limitPrice)}.`,
    ),
  ];
  for (const { agentId, proposal, refusal } of call.dialogues) {
    if (proposal) {
      const text = `${name(agentId)} proposes ${amount(proposal.price)}.`;
      lines.push(line(proposal.at, 'propose', agentId, null, text));
    }
    if (refusal) {
      const text = `${name(agentId)} refuses (${refusal.reason}).`;
      lines.push(line(refusal.at, 'refuse', agentId, null, text));
    }
  }
  for (const { at, round, ...said } of call.bargaining?.rounds ?? []) {
    for (const role of ['manager', 'contractor'] as const) {
      const offer = said[role];
      const from = role === 'manager' ? call.managerId : (call.bargaining?.contractorId ?? null);
      const text = `Round ${round}: offers ${offer?.price ?? 0} credits.`;
      if (offer) lines.push(line(Date.parse(at), 'propose', from, null, text));
    }
  }
  const lease = market.records.leases.get(call.leaseId ?? '');
  if (lease) {
    const text = `Award to ${name(lease.contractorId)} for ${amount(lease.price)}.`;
    const { awardedAt, managerId, contractorId } = lease;
    lines.push(line(awardedAt, 'accept-proposal', managerId, contractorId, text));
    if (lease.ended) {
      lines.push(line(lease.ended.at, 'inform-done', contractorId, null, 'The lease ended.'));
    }
  }
  return lines.sort((a, b) => (a.at < b.at ? -1 : 1));
}

const log = (id: string): string =>
  Array.from({ length: 12 }, (_, i) => `${id} chunk ${i + 1}/64 sha256 ${'4be1f0'.repeat(4)}`).join(
    '\n',
  );

function giveBack(market: FakeMarket, id: string): Answer {
  const lease = market.records.leases.get(id);
  if (!lease || lease.ended) return problem(409, 'lease-ended', 'The lease has ended already.');
  market.change('leases', { ...lease, state: 'reclaiming', reclaimAt: Date.now() + 5000 });
  return ok({ lease: { id }, receipt: { seq: 1, head: '0' } });
}
function cancel(market: FakeMarket, call: CallView): Answer {
  if (call.state !== 'open') return problem(409, 'call-ended', 'The call has ended already.');
  market.change('calls', { ...call, state: 'cancelled', endedAt: Date.now() });
  return ok({ cfp: { id: call.id } });
}
function changeResource(market: FakeMarket, id: string, body: unknown): Answer {
  const resource = market.records.resources.get(id);
  if (!resource) return problem(404, 'not-found', 'no such resource');
  const { reservePrice, paused } = body as { reservePrice?: number; paused?: boolean };
  const price = reservePrice === undefined ? resource.reservePrice : reservePrice * MICRO;
  market.change('resources', {
    ...resource,
    reservePrice: price as ResourceView['reservePrice'],
    paused: paused ?? resource.paused,
  });
  return ok({ resource: { id } });
}

function ledger(market: FakeMarket, what: string, url: URL): Answer {
  const { agents, leases, resources } = market.records;
  switch (what) {
    case 'trial-balance': {
      const accounts = [...agents.values()].map(({ id, posted, held }) => ({
        id: `agent:${id}`,
        kind: 'agent',
        posted: posted / MICRO,
        pending: held / MICRO,
      }));
      return ok({ accounts, sum: 0, seq: market.snapshot().seq, head: '3f7a9c1e'.repeat(8) });
    }
    case 'flow': {
      const bucketMs = Number(url.searchParams.get('bucketMs'));
      const n = Number(url.searchParams.get('buckets'));
      return ok({ bucketMs, flow: flow(market, n, bucketMs) });
    }
    case 'attribution': {
      const rows = [...leases.values()]
        .filter(({ ended }) => (ended?.charge ?? 0) > 0)
        .map((lease) => ({
          agentId: lease.managerId,
          agent: agents.get(lease.managerId)?.name ?? '',
          project: lease.project,
          resourceId: lease.resourceId,
          resource: resources.get(lease.resourceId)?.model ?? 'memory',
          amount: lease.price / MICRO,
          transfers: 1,
        }));
      return ok({ rows, total: rows.reduce((sum, { amount }) => sum + amount, 0) });
    }
    default:
      return ok(transfers(market, url));
  }
}

function flow(market: FakeMarket, n: number, bucketMs: number) {
  const end = Math.ceil(Date.now() / bucketMs) * bucketMs;
  const buckets = Array.from({ length: n }, (_, i) => ({
    at: iso(end - (n - i) * bucketMs),
    issued: i % 20 === 0 ? 150 : 0,
    lapsed: i % 30 === 9 ? 12.5 : 0,
    paid: 0,
    surcharged: 0,
  }));
  for (const { ended, price } of market.records.leases.values()) {
    if (!ended) continue;
    const bucket = buckets[n - Math.ceil((end - ended.at) / bucketMs)];
    if (bucket) bucket.paid += price / MICRO;
  }
  return buckets;
}

function transfers(market: FakeMarket, url: URL) {
  const leaseId = url.searchParams.get('leaseId');
  const agentId = url.searchParams.get('agentId');
  const after = Number(url.searchParams.get('cursor')?.split('.')[0] ?? '-1');
  const limit = Number(url.searchParams.get('limit') ?? '100');
  const all = [...market.records.leases.values()]
    .filter((lease) => leaseId === null || lease.id === leaseId)
    .filter((lease) => agentId === null || lease.managerId === agentId)
    .flatMap((lease) => {
      const about = {
        agentId: lease.managerId,
        project: lease.project,
        resourceId: lease.resourceId,
        cfpId: lease.cfpId,
        leaseId: lease.id,
      };
      const ends = {
        debit: `agent:${lease.managerId}`,
        credit: `agent:${lease.contractorId}`,
        amount: lease.price / MICRO,
        code: 'lease',
      };
      const state = lease.ended ? (lease.ended.charge > 0 ? 'posted' : 'voided') : 'pending';
      return [
        { id: `trf_${lease.id.slice(4)}_1`, at: iso(lease.awardedAt), state, ...ends, ...about },
      ];
    });
  const later = all.filter(({ id }) => Number.parseInt(id.slice(4), 36) > after);
  const page = later.slice(0, limit);
  const last = page.at(-1)?.id.slice(4, -2) ?? '';
  const next = later.length > limit ? `${Number.parseInt(last, 36)}.999999` : null;
  return { transfers: page, next };
}
