// `haggle ledger`: balances, transfers, who spent what on what, and whether it all adds up.
import type { Client } from '../client.ts';
import { type Command, type Context, hosted } from '../command.ts';
import type { AccountDoc, ResourceDoc, TransferDoc, TrialBalanceDoc } from '../documents.ts';
import { fault } from '../fault.ts';
import { checkLedger } from '../ledger-check.ts';
import { resourceText } from '../need.ts';
import { agentNames, findAgent } from '../people.ts';
import { type Column, table } from '../table.ts';
import { creditsText, priceText, relativeText } from '../units.ts';

type Named = (id: string | null) => string;

/** `agent:agt_…` as the agent's name. */
const accountText = (named: Named, id: string): string =>
  id.startsWith('agent:') ? named(id.slice('agent:'.length)) : id.replace(/^project:/u, 'project ');

async function balance({ open, out }: Context): Promise<void> {
  const { client } = await open();
  const doc = await client.get<TrialBalanceDoc>('/v1/ledger/trial-balance');
  const named = await agentNames(client);
  const columns: Column<AccountDoc>[] = [
    { head: 'account', of: ({ id }) => accountText(named, id) },
    { head: 'kind', of: ({ kind }) => kind },
    { head: 'posted', right: true, of: ({ posted }) => creditsText(posted) },
    { head: 'held', right: true, of: ({ held }) => creditsText(held) },
    { head: 'incoming', right: true, of: ({ incoming }) => creditsText(incoming) },
  ];
  const sum = `sum ${creditsText(doc.sum)} at event ${doc.seq}\n`;
  out.answer(doc, () => table(doc.accounts, columns, 'No accounts.') + sum);
}

async function transfers({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const query = new URLSearchParams();
  const agent = given.text('agent');
  if (agent !== undefined) query.set('agentId', (await findAgent(client, agent, '--agent')).id);
  const filters = { project: 'project', resource: 'resourceId', lease: 'leaseId', cfp: 'cfpId' };
  for (const [option, name] of Object.entries({ ...filters, state: 'state', cursor: 'cursor' })) {
    const value = given.text(option);
    if (value !== undefined) query.set(name, value);
  }
  query.set('limit', String(given.number('limit') ?? 100));
  const path = `/v1/ledger/transfers?${query.toString()}`;
  const doc = await client.get<{ transfers: TransferDoc[]; next: string | null }>(path);
  const named = await agentNames(client);
  const resources = await resourceNames(client);
  const columns: Column<TransferDoc>[] = [
    { head: 'id', of: ({ id }) => id },
    { head: 'at', right: true, of: ({ at }) => relativeText(at) },
    { head: 'from', of: ({ debit }) => accountText(named, debit) },
    { head: 'to', of: ({ credit }) => accountText(named, credit) },
    { head: 'credits', right: true, of: ({ amount }) => creditsText(amount) },
    { head: 'state', of: ({ state }) => state },
    { head: 'code', of: ({ code }) => code },
    { head: 'agent', of: ({ agentId }) => named(agentId) },
    { head: 'project', of: ({ project }) => project ?? '-' },
    { head: 'resource', of: ({ resourceId }) => resources(resourceId) },
  ];
  const more = doc.next === null ? '' : `more: --cursor ${doc.next}\n`;
  out.answer(doc, () => table(doc.transfers, columns, 'No transfers.') + more);
}

async function resourceNames(client: Client): Promise<Named> {
  const all = await client.all<ResourceDoc>('/v1/resources', 'resources');
  const names = new Map(all.map((resource) => [resource.id, resourceText(resource)]));
  return (id) => (id === null ? '-' : (names.get(id) ?? id));
}

interface Row {
  agent?: string | null;
  agentId?: string | null;
  project?: string | null;
  resource?: string | null;
  resourceId?: string | null;
  amount: number;
  transfers: number;
}

async function attribution({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const query = `by=${encodeURIComponent(given.text('by') ?? '')}`;
  if (given.flag('csv')) {
    const csv = await client.text(`/v1/ledger/attribution?${query}&format=csv`);
    out.answer({ csv }, () => csv);
    return;
  }
  const path = `/v1/ledger/attribution?${query}`;
  const doc = await client.get<{ rows: Row[]; total: number; by: string[] }>(path);
  const value = (row: Row, name: string): string => {
    if (name === 'project') return row.project ?? '-';
    return name === 'agent' ? (row.agent ?? row.agentId ?? '-') : (row.resource ?? '-');
  };
  const columns: Column<Row>[] = [
    ...doc.by.map((name) => ({ head: name, of: (row: Row) => value(row, name) })),
    { head: 'credits', right: true, of: ({ amount }) => creditsText(amount) },
    { head: 'transfers', right: true, of: (row) => String(row.transfers) },
  ];
  const total = `total ${priceText(doc.total)}\n`;
  out.answer(doc, () => table(doc.rows, columns, 'Nothing was spent yet.') + total);
}

async function verify({ open, out }: Context): Promise<void> {
  const { client } = await open();
  const report = await checkLedger(client);
  const [first] = report.differences;
  if (first !== undefined) {
    const more = report.differences.length - 1;
    const detail = more > 0 ? `${first}; and ${more} more` : first;
    throw fault('ledger-differs', detail, {
      hint: 'haggle ledger balance; keep the data as it is',
    });
  }
  out.answer(
    report,
    () => `${report.transfers} transfers add up to the balances of ${report.accounts} accounts.
The balances add up to 0. Event ${report.seq} is on the chain.
`,
  );
}

export const LEDGER: readonly Command[] = [
  hosted({
    title: 'ledger balance',
    what: 'prints all accounts and their sum, which is 0',
    example: 'haggle ledger balance',
    options: {},
    run: balance,
  }),
  hosted({
    title: 'ledger transfers',
    what: 'lists transfers in order, oldest first',
    example: 'haggle ledger transfers --agent command-line --state posted',
    options: {
      agent: { type: 'text', value: 'NAME', what: 'attributed or paid to this agent' },
      project: { type: 'text', value: 'NAME', what: 'attributed to this project' },
      resource: { type: 'text', value: 'ID', what: 'on this resource' },
      lease: { type: 'text', value: 'ID', what: 'of this lease' },
      cfp: { type: 'text', value: 'ID', what: 'of this call' },
      state: {
        type: 'text',
        value: 'STATE',
        what: 'pending, posted, voided or expired',
        choices: ['pending', 'posted', 'voided', 'expired'],
      },
      limit: { type: 'whole', value: 'N', what: 'how many', min: 1, max: 500, default: '100' },
      cursor: { type: 'text', value: 'CURSOR', what: 'where the last page ended' },
    },
    run: transfers,
  }),
  hosted({
    title: 'ledger attribution',
    what: 'prints who spent which credit on which resource',
    example: 'haggle ledger attribution --by agent,project',
    options: {
      by: {
        type: 'text',
        value: 'LIST',
        what: 'of agent, project, resource',
        default: 'agent,project,resource',
      },
      csv: { type: 'flag', what: 'as comma-separated values' },
    },
    run: attribution,
  }),
  hosted({
    title: 'ledger verify',
    what: 'adds the whole ledger up again, apart from the host, and compares',
    example: 'haggle ledger verify',
    options: {},
    run: verify,
  }),
];
