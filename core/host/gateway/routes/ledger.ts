import { type Credits, toDecimal } from '../../../engine/base/credits.ts';
import { LIMITS } from '../../../engine/base/limits.ts';
import { iso } from '../../../engine/base/time.ts';
import { trialSum } from '../../../engine/bank/ledger.ts';
import type { Market } from '../../../engine/market/state.ts';
import { problem } from '../../../engine/protocol/problems.ts';
import { Invalid } from '../../../engine/protocol/shape.ts';
import {
  type AttributionRow,
  idOfRow,
  STATE_OF,
  type TransferFilter,
} from '../../journal/queries.ts';
import type { TransferRow } from '../../journal/rows.ts';
import { choiceParam, intParam } from '../paging.ts';
import { type Context, no, ok, type Outcome, type Route } from '../route.ts';

const decimal = (micro: number): number => toDecimal(micro as Credits);

function transferDocument(row: TransferRow): Record<string, unknown> {
  const pending = row.ofSeq === null ? null : idOfRow({ ...row, seq: row.ofSeq, n: row.ofN ?? 0 });
  return {
    id: idOfRow(row),
    at: iso(row.at),
    debit: row.debit,
    credit: row.credit,
    amount: decimal(row.amount),
    state: STATE_OF[row.kind],
    code: row.code,
    pendingId: pending,
    agentId: row.agent,
    project: row.project,
    resourceId: row.resource,
    cfpId: row.cfp,
    leaseId: row.lease,
  };
}

function transfers({ query, viewer, services }: Context): Outcome {
  const text = (name: string): string | undefined => query.get(name)?.slice(0, 200) ?? undefined;
  const filter: TransferFilter = {};
  for (const name of ['agentId', 'project', 'resourceId', 'leaseId', 'cfpId'] as const) {
    const value = text(name);
    if (value !== undefined) filter[name] = value;
  }
  const state = choiceParam(query, 'state', ['pending', 'posted', 'voided', 'expired']);
  if (state !== undefined) filter.state = state;
  if (viewer !== 'operator') {
    if (filter.agentId !== undefined && filter.agentId !== viewer.agentId) {
      return no(
        problem('forbidden', 'an agent can read only its own transfers', { field: 'agentId' }),
      );
    }
    filter.visibleTo = viewer.agentId;
  }
  const limit = intParam(query, 'limit', LIMITS.pageDefault, 1, LIMITS.pageMax);
  const { rows, next } = services.queries.transfers(filter, cursorOf(query), limit);
  return ok({
    transfers: rows.map(transferDocument),
    next: next === null ? null : `${next.seq}.${next.n}`,
  });
}

function cursorOf(query: URLSearchParams): { seq: number; n: number } {
  const text = query.get('cursor');
  if (text === null) return { seq: 0, n: -1 };
  const found = /^(\d{1,15})\.(\d{1,16})$/u.exec(text);
  if (found !== null) return { seq: Number(found[1]), n: Number(found[2]) };
  throw new Invalid(problem('invalid-field', 'the cursor is not known', { field: 'cursor' }));
}

function trialBalance({ market, services }: Context): Outcome {
  const accounts = [...market.ledger.accounts.values()].map((a) => ({
    id: a.id,
    kind: a.kind,
    posted: decimal(a.posted),
    // signed like posted: what may still arrive less what is held
    pending: decimal(a.incoming - a.held),
    held: decimal(a.held),
    incoming: decimal(a.incoming),
  }));
  const sum = decimal(trialSum(market.ledger));
  return ok({ accounts, sum, seq: market.seq, head: services.head() });
}

const DIMENSIONS = ['agent', 'project', 'resource'] as const;
type Dimension = (typeof DIMENSIONS)[number];

function attribution(c: Context): Outcome {
  const asked = (c.query.get('by') ?? DIMENSIONS.join(',')).split(',');
  const by = DIMENSIONS.filter((d) => asked.includes(d));
  if (by.length !== asked.length) {
    const detail = `by must be a list of ${DIMENSIONS.join(', ')}`;
    return no(problem('invalid-field', detail, { field: 'by' }));
  }
  const rows = c.services.queries.attribution(by).map((r) => attributionRow(c.market, r, by));
  if (choiceParam(c.query, 'format', ['json', 'csv']) === 'csv') {
    return { status: 200, text: { type: 'text/csv; charset=utf-8', content: csv(rows) } };
  }
  const total = rows.reduce((sum, r) => sum + Math.round(r.amount * 1e6), 0);
  return ok({ rows, total: decimal(total), by });
}

interface AttributionDocument {
  agentId?: string | null;
  agent?: string | null;
  project?: string | null;
  resourceId?: string | null;
  resource?: string | null;
  amount: number;
  transfers: number;
}

function attributionRow(
  m: Market,
  r: AttributionRow,
  by: readonly Dimension[],
): AttributionDocument {
  const resource = r.resource === null ? undefined : m.resources.get(r.resource);
  const label = resource === undefined ? null : `${resource.kind} ${resource.model ?? ''}`.trim();
  return {
    ...(by.includes('agent')
      ? { agentId: r.agent, agent: r.agent === null ? null : (m.agents.get(r.agent)?.name ?? null) }
      : {}),
    ...(by.includes('project') ? { project: r.project } : {}),
    ...(by.includes('resource') ? { resourceId: r.resource, resource: label } : {}),
    amount: decimal(r.amount),
    transfers: r.transfers,
  };
}

function csv(rows: readonly AttributionDocument[]): string {
  const keys = Object.keys(rows[0] ?? { amount: 0, transfers: 0 }) as (keyof AttributionDocument)[];
  return [keys, ...rows.map((r) => keys.map((k) => r[k]))].map(csvLine).join('');
}

/** RFC 4180; a leading = + - @ is quoted with an apostrophe so that no sheet runs it. */
function csvLine(values: readonly unknown[]): string {
  const cells = values.map((v) => {
    const text = v === null || v === undefined ? '' : String(v);
    const safe = typeof v === 'string' && /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
    return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${cells.join(',')}\r\n`;
}

const BUCKETS_MAX = 500;

/** What the bank issued and took back, and what was paid, over time. */
function flow({ query, services }: Context): Outcome {
  const buckets = intParam(query, 'buckets', 60, 1, BUCKETS_MAX);
  const bucketMs = intParam(query, 'bucketMs', 1000, 100, LIMITS.windowMsMax);
  const end = Math.ceil((services.now() + 1) / bucketMs) * bucketMs;
  const start = end - buckets * bucketMs;
  const rows = Array.from({ length: buckets }, (_, i) => ({
    at: iso(start + i * bucketMs),
    issued: 0,
    lapsed: 0,
    paid: 0,
    surcharged: 0,
  }));
  const column = {
    issue: 'issued',
    lapse: 'lapsed',
    lease: 'paid',
    surcharge: 'surcharged',
  } as const;
  for (const { bucket, code, amount } of services.queries.flow(start, bucketMs)) {
    const row = rows[bucket];
    const name = column[code as keyof typeof column] ?? 'paid';
    if (row !== undefined) row[name] = decimal(Math.round(row[name] * 1e6) + amount);
  }
  return ok({ flow: rows, bucketMs });
}

export const ledgerRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/ledger/transfers',
    who: 'token',
    summary: 'The ledger’s transfers in order; an agent sees its own',
    query: {
      agentId: 'attributed or paid to this agent',
      project: 'attributed to this project',
      resourceId: 'on this resource',
      leaseId: 'of this lease',
      cfpId: 'of this call',
      state: 'pending, posted, voided or expired',
      cursor: 'where the last page ended',
      limit: `1 to ${LIMITS.pageMax}`,
    },
    replies: 'transfers, next',
    handle: transfers,
  },
  {
    method: 'GET',
    path: '/v1/ledger/trial-balance',
    who: 'operator',
    summary: 'All accounts and their sum, which is 0',
    replies: 'accounts, sum, seq, head',
    handle: trialBalance,
  },
  {
    method: 'GET',
    path: '/v1/ledger/attribution',
    who: 'operator',
    summary: 'Who spent which credit on which resource',
    query: { by: 'list of agent, project, resource', format: 'json or csv' },
    replies: 'rows, total',
    handle: attribution,
  },
  {
    method: 'GET',
    path: '/v1/ledger/flow',
    who: 'operator',
    summary: 'Credits issued, lapsed and paid over time',
    query: { buckets: `1 to ${BUCKETS_MAX}`, bucketMs: 'width of a bucket' },
    replies: 'flow, bucketMs',
    handle: flow,
  },
];
