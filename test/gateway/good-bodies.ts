// One good body for every route that takes one, with all its fields, and the kind of each field:
// what the table of bad input starts from.
import type { Client } from './client.ts';
import type { Party } from './support.ts';

export type Kind =
  'credits' | 'integer' | 'ratio' | 'name' | 'prose' | 'flag' | 'choice' | 'id' | 'instant';

export interface Case {
  name: string;
  method: string;
  path: string;
  by: Client;
  good: Record<string, unknown>;
  kinds: Record<string, Kind>;
}

/** A market with an open need and offer, a proposal in the need, and a running lease. */
export interface Scene {
  operator: Client;
  manager: Party;
  contractor: Party & { resourceId: string };
  cfp: string;
  offer: string;
  lease: string;
  epoch: number;
}

export const BUDGET = { amount: 12.5, windowMs: 3_600_000, carryOver: false };
const BUDGET_KINDS = { amount: 'credits', windowMs: 'integer', carryOver: 'flag' } as const;

export function goodBodies(s: Scene): Case[] {
  return [...operatorBodies(s), ...callBodies(s), ...answerBodies(s), ...leaseBodies(s)];
}

function operatorBodies({ operator: by, manager }: Scene): Case[] {
  return [
    {
      ...{ name: 'POST agents', method: 'POST', path: '/v1/agents', by },
      good: { name: 'good', project: 'p', system: false, exec: false, capabilities: ['a', 'b'] },
      kinds: {
        ...{ name: 'name', project: 'name', system: 'flag', exec: 'flag' },
        'capabilities.1': 'prose',
      },
    },
    {
      ...{ name: 'PUT agent budget', method: 'PUT', path: `/v1/agents/${manager.id}/budget`, by },
      ...{ good: BUDGET, kinds: BUDGET_KINDS },
    },
    {
      ...{ name: 'PUT project budget', method: 'PUT', path: '/v1/projects/p/budget', by },
      ...{ good: BUDGET, kinds: BUDGET_KINDS },
    },
    {
      ...{ name: 'PUT policy', method: 'PUT', path: '/v1/policy', by },
      good: {
        reservePrices: { gpu: 1, cpu: 0.5, memory: 0 },
        priorityReserve: 0,
        defaults: { pricing: 'first-price', award: 'auto', replyByMs: 2000 },
        surcharge: { rate: 0, freeCalls: 5, halfLifeMs: 60_000 },
        probeRate: 0,
      },
      kinds: {
        ...{ 'reservePrices.gpu': 'credits', 'reservePrices.memory': 'credits' },
        ...{ priorityReserve: 'ratio', 'defaults.pricing': 'choice', 'defaults.award': 'choice' },
        ...{ 'defaults.replyByMs': 'integer', 'surcharge.rate': 'credits' },
        ...{ 'surcharge.freeCalls': 'integer', 'surcharge.halfLifeMs': 'integer' },
        probeRate: 'integer',
      },
    },
    {
      ...{ name: 'POST clock', method: 'POST', path: '/v1/clock', by },
      ...{ good: { advanceMs: 1 }, kinds: { advanceMs: 'integer' } },
    },
  ];
}

function callBodies({ manager, contractor }: Scene): Case[] {
  return [
    {
      ...{ name: 'POST resources', method: 'POST', path: '/v1/resources', by: manager.api },
      good: {
        ...{ kind: 'gpu', model: 'H100', count: 2, vramBytes: 2 ** 36, memoryBytes: 2 ** 30 },
        ...{ reservePrice: 0.5, simulated: true },
      },
      kinds: {
        ...{ kind: 'choice', model: 'name', count: 'integer', vramBytes: 'integer' },
        ...{ memoryBytes: 'integer', reservePrice: 'credits', simulated: 'flag' },
      },
    },
    {
      ...{ name: 'POST cfps (need)', method: 'POST', path: '/v1/cfps', by: manager.api },
      good: {
        task: { title: 't', project: 'p' },
        need: {
          ...{ kind: 'gpu', count: 1, model: 'H100', durationMs: 60_000, vramBytes: 1 },
          ...{ memoryBytes: 1, maxStartDelayMs: 1000 },
        },
        maxPrice: 5,
        valuation: { priority: 8, deadline: '2036-03-01T18:00:00Z', marginalGain: 1 },
        replyByMs: 2000,
        mechanism: { type: 'contract-net', pricing: 'second-price', delayCost: 0.5 },
        award: 'manual',
      },
      kinds: {
        ...{ 'task.title': 'name', 'task.project': 'name', 'need.kind': 'choice' },
        ...{ 'need.count': 'integer', 'need.model': 'name', 'need.durationMs': 'integer' },
        ...{ 'need.vramBytes': 'integer', 'need.memoryBytes': 'integer' },
        ...{ 'need.maxStartDelayMs': 'integer', maxPrice: 'credits', replyByMs: 'integer' },
        ...{ 'valuation.priority': 'ratio', 'valuation.marginalGain': 'ratio' },
        ...{ 'valuation.deadline': 'instant', 'mechanism.type': 'choice', award: 'choice' },
        ...{ 'mechanism.pricing': 'choice', 'mechanism.delayCost': 'credits' },
      },
    },
    {
      ...{ name: 'POST cfps (offer)', method: 'POST', path: '/v1/cfps', by: contractor.api },
      good: {
        offer: { resourceId: contractor.resourceId, count: 1, durationMs: 600_000 },
        minPrice: 1,
      },
      kinds: {
        ...{ 'offer.resourceId': 'id', 'offer.count': 'integer', 'offer.durationMs': 'integer' },
        minPrice: 'credits',
      },
    },
  ];
}

function answerBodies({ manager, contractor, cfp, offer }: Scene): Case[] {
  return [
    {
      ...{ name: 'POST proposals', method: 'POST', path: `/v1/cfps/${offer}/proposals` },
      by: manager.api,
      good: { price: 2, startDelayMs: 0, cfpId: cfp, validForMs: 60_000, terms: {} },
      kinds: {
        ...{ price: 'credits', startDelayMs: 'integer', cfpId: 'id', validForMs: 'integer' },
      },
    },
    {
      ...{ name: 'POST proposals (need)', method: 'POST', path: `/v1/cfps/${cfp}/proposals` },
      by: contractor.api,
      good: {
        ...{ price: 2, resourceId: contractor.resourceId },
        terms: { reclaimWindowMs: 1000, penalty: 0.5, quality: 3 },
      },
      kinds: {
        ...{ price: 'credits', resourceId: 'id', 'terms.reclaimWindowMs': 'integer' },
        ...{ 'terms.penalty': 'credits', 'terms.quality': 'credits' },
      },
    },
    {
      ...{ name: 'POST refusals', method: 'POST', path: `/v1/cfps/${cfp}/refusals` },
      ...{ by: contractor.api, good: { reason: 'busy', detail: 'so much to do' } },
      kinds: { reason: 'choice', detail: 'prose' },
    },
    {
      ...{ name: 'POST award', method: 'POST', path: `/v1/cfps/${cfp}/award`, by: manager.api },
      ...{ good: { proposalId: 'prp_zzzzzzzzz' }, kinds: { proposalId: 'id' } },
    },
  ];
}

function leaseBodies({ contractor: { api: by }, lease, epoch }: Scene): Case[] {
  const path = (verb: string): string => `/v1/leases/${lease}/${verb}`;
  return [
    {
      ...{ name: 'POST renew', method: 'POST', path: path('renew'), by },
      ...{ good: { epoch }, kinds: { epoch: 'integer' } },
    },
    {
      ...{ name: 'POST fail', method: 'POST', path: path('fail'), by },
      ...{ good: { epoch: 2 ** 40, reason: 'x', usage: {} } },
      kinds: { epoch: 'integer', reason: 'prose' },
    },
    {
      ...{ name: 'POST done', method: 'POST', path: path('done'), by },
      good: { epoch: 2 ** 40, output: { any: 'thing' }, usage: [1], charge: 0.5 },
      kinds: { epoch: 'integer', charge: 'credits' },
    },
  ];
}
