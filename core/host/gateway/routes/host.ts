import { iso } from '../../../engine/base/time.ts';
import type { Policy } from '../../../engine/market/events.ts';
import { DEFAULT_BARGAINING } from '../../../engine/market/state.ts';
import * as body from '../../../engine/protocol/bodies.ts';
import { problem } from '../../../engine/protocol/problems.ts';
import { integer, object, oneOf, text } from '../../../engine/protocol/shape.ts';
import { toDecimal } from '../../../engine/base/credits.ts';
import { snapshot } from '../../../engine/view/project.ts';
import { storageFull } from '../../loop.ts';
import { no, ok, type Route } from '../route.ts';

const demoBody = object({ action: oneOf(['start', 'stop']) });
const receiptBody = object({
  seq: integer(0, Number.MAX_SAFE_INTEGER),
  head: text({ max: 64, pattern: '^[0-9a-f]{64}$', wanted: '64 hexadecimal digits' }),
});

export function policyDocument(policy: Policy): object {
  const { reservePrices, surcharge, bargaining = DEFAULT_BARGAINING, ...rest } = policy;
  const { gpu, cpu, memory } = reservePrices;
  const { worthWaiting, roundFee } = bargaining;
  return {
    reservePrices: { gpu: toDecimal(gpu), cpu: toDecimal(cpu), memory: toDecimal(memory) },
    reservePriceUnit: 'credits per slot and hour',
    ...rest,
    surcharge: surcharge === null ? null : { ...surcharge, rate: toDecimal(surcharge.rate) },
    bargaining: {
      ...bargaining,
      worthWaiting: toDecimal(worthWaiting),
      roundFee: toDecimal(roundFee),
    },
    probeRate: 0,
  };
}

export const hostRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/health',
    who: 'anyone',
    summary: 'Whether the host is up',
    replies: 'status, version, seq',
    handle: ({ market, services }) =>
      ok({
        status: services.storageFull() ? 'storage-full' : 'ok',
        version: services.info.version,
        seq: market.seq,
      }),
  },
  {
    method: 'GET',
    path: '/v1/openapi.json',
    who: 'anyone',
    summary: 'This document',
    replies: 'an OpenAPI 3.1 document',
    handle: ({ services }) => ok(services.openApi()),
  },
  {
    method: 'GET',
    path: '/v1/events',
    who: 'token',
    summary: 'CloudEvents over server-sent events; id is the sequence number',
    query: { from: 'first sequence number to send; or send Last-Event-ID to go on after it' },
    replies: 'text/event-stream',
    handle: () => no(problem('not-available', 'events are streamed over HTTP only')),
  },
  {
    method: 'GET',
    path: '/v1/snapshot',
    who: 'operator',
    summary: 'The view model that the screen shows; credits in micro-credits, times in ms',
    replies: 'snapshot',
    handle: ({ market, services }) => {
      const at = { seq: market.seq, head: services.head(), at: market.at };
      return ok({ snapshot: snapshot(market, at) });
    },
  },
  {
    method: 'GET',
    path: '/v1/policy',
    who: 'operator',
    summary: 'The rules of the market',
    replies: 'policy',
    handle: ({ market }) => ok({ policy: policyDocument(market.policy) }),
  },
  {
    method: 'PUT',
    path: '/v1/policy',
    who: 'operator',
    summary: 'Changes rules; what is left out stays',
    body: body.setPolicy,
    replies: 'policy, receipt',
    handle: ({ body: b }) => ({
      command: { type: 'set-policy', body: b as body.Of<typeof body.setPolicy> },
      show: (m) => ({ policy: policyDocument(m.policy) }),
    }),
  },
  {
    method: 'GET',
    path: '/v1/programs',
    who: 'anyone',
    summary: 'The programs that ship with Haggle: what `task.run.program` may name',
    replies: 'programs',
    handle: ({ services }) => ok({ programs: services.programs() }),
  },
  {
    method: 'POST',
    path: '/v1/clock',
    who: 'operator',
    summary: 'Moves a manual clock forward (--clock manual)',
    body: body.advanceClock,
    replies: 'clock, receipt',
    handle: ({ body: b, services }) => {
      const { advanceMs } = b as body.Of<typeof body.advanceClock>;
      if (services.storageFull()) return no(storageFull);
      if (!services.advance(advanceMs)) {
        const hint = 'start the host with --clock manual';
        return no(problem('clock-not-manual', 'the clock of this host is real', { hint }));
      }
      const clock = { now: iso(services.now()), mode: 'manual' };
      return { command: { type: 'tick' }, show: () => ({ clock }) };
    },
  },
  {
    method: 'POST',
    path: '/v1/receipts/verify',
    who: 'token',
    summary: 'Whether a receipt is on the chain of this journal',
    body: receiptBody,
    replies: 'valid, seq',
    handle: ({ body: b, market, services }) => {
      const { seq, head } = b as body.Of<typeof receiptBody>;
      return ok({ valid: services.queries.headAt(seq) === head, seq: market.seq });
    },
  },
  {
    method: 'POST',
    path: '/v1/backups',
    who: 'operator',
    creates: true,
    summary: 'Writes an online backup of the ledger into the data directory',
    body: body.nothing,
    replies: 'backup',
    handle: async ({ services }) => ok({ backup: await services.backup() }, 201),
  },
  {
    method: 'POST',
    path: '/v1/demo',
    who: 'operator',
    summary: 'Starts or stops the starter swarm',
    body: demoBody,
    replies: 'demo',
    handle: async ({ body: b, services }) => {
      const { action } = b as body.Of<typeof demoBody>;
      return ok({ demo: await services.demo(action) });
    },
  },
  {
    method: 'GET',
    path: '/v1/demo',
    who: 'operator',
    summary: 'Whether the starter swarm runs, and its figures so far',
    replies: 'demo, report',
    handle: async ({ services }) =>
      ok({ demo: services.demoState(), report: await services.demoReport() }),
  },
  {
    method: 'GET',
    path: '/metrics',
    who: 'anyone',
    summary: 'Prometheus text',
    replies: 'text/plain',
    handle: ({ services }) => ({
      status: 200,
      text: { type: 'text/plain; version=0.0.4; charset=utf-8', content: services.metrics() },
    }),
  },
];
