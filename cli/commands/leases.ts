// `haggle leases`: who holds which slots, until when, and what runs in them.
import { type Command, type Context, hosted } from '../command.ts';
import type { LeaseDoc } from '../documents.ts';
import { followLease, writeTo } from '../follow-lease.ts';
import { agentNames } from '../people.ts';
import { type Column, facts, newest, table } from '../table.ts';
import { creditsText, priceText, relativeText, spanText } from '../units.ts';

const LEASE = [{ name: 'lease' }];
const STATES = ['scheduled', 'active', 'reclaiming', 'settled', 'expired', 'voided'] as const;
type Named = (id: string | null) => string;

const pathOf = (id: string): string => `/v1/leases/${encodeURIComponent(id)}`;

const columns = (named: Named): Column<LeaseDoc>[] => [
  { head: 'id', of: ({ id }) => id },
  { head: 'manager', of: ({ managerId }) => named(managerId) },
  { head: 'contractor', of: ({ contractorId }) => named(contractorId) },
  { head: 'resource', of: ({ resourceId, slots }) => `${resourceId} slot ${slots.join(', ')}` },
  { head: 'price', right: true, of: ({ price }) => creditsText(price) },
  { head: 'paid', right: true, of: ({ ending }) => (ending ? creditsText(ending.charge) : '-') },
  { head: 'state', of: ({ state }) => state },
  { head: 'exit', right: true, of: ({ usage }) => exitText(usage) },
  { head: 'ends', right: true, of: ({ ending, endAt }) => relativeText(ending?.at ?? endAt) },
];

const exitText = (usage: LeaseDoc['usage']): string =>
  String(usage?.exitCode ?? usage?.signal ?? '-');

async function list({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const state = given.text('state');
  const path = state === undefined ? '/v1/leases' : `/v1/leases?state=${state}`;
  const all = await client.all<LeaseDoc>(path, 'leases');
  const leases = newest(all, given.number('last'));
  const named = await agentNames(client);
  out.answer({ leases, next: null }, () => table(leases, columns(named), 'No leases.'));
}

async function show({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const doc = await client.get<{ lease: LeaseDoc }>(pathOf(given.argument('lease')));
  const named = await agentNames(client);
  out.answer(doc, () => leaseText(doc.lease, named));
}

function leaseText(lease: LeaseDoc, named: Named): string {
  const { usage, ending, enforcement } = lease;
  const used = usage === null ? '-' : usageText(usage);
  return facts([
    ['id', lease.id],
    ['manager', named(lease.managerId)],
    ['contractor', named(lease.contractorId)],
    ['call', lease.cfpId],
    ['project', lease.project],
    ['slots', `${lease.slots.join(', ')} of ${lease.resourceId} (epoch ${lease.epoch})`],
    ['price', `${priceText(lease.price)}`],
    ['state', lease.state],
    ['started', relativeText(lease.startAt)],
    ...(ending === null ? [['ends', relativeText(lease.endAt)] as const] : []),
    ['limits', `time by ${enforcement.time}, memory by ${enforcement.memory}`],
    ['used', used],
    ['ending', ending === null ? '-' : endingText(ending)],
  ]);
}

function usageText({
  exitCode,
  signal,
  wallMs,
  cpuSeconds,
}: NonNullable<LeaseDoc['usage']>): string {
  const how = signal ? `ended by ${signal}` : `exit code ${exitCode ?? 'unknown'}`;
  const ran = wallMs === undefined ? '' : `, ran ${spanText(wallMs)}`;
  const cpu = typeof cpuSeconds === 'number' ? `, ${Math.round(cpuSeconds * 100) / 100} CPU s` : '';
  return `${how}${ran}${cpu}`;
}

function endingText({ ending, how, detail, charge, at }: NonNullable<LeaseDoc['ending']>): string {
  const why = detail === '' ? '' : ` (${detail})`;
  return `${ending}, ${how}${why}; ${priceText(charge)} paid ${relativeText(at)}`;
}

async function log({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const id = given.argument('lease');
  if (!given.flag('follow')) {
    const doc = await client.get<{ log: string | null; running: boolean }>(`${pathOf(id)}/log`);
    out.answer(doc, () => doc.log ?? '');
    if (doc.log === null) out.say('nothing is known (any more) of what it wrote');
    return;
  }
  let text = '';
  const lease = await followLease(client, id, {
    async write(stream, part) {
      text += part;
      if (!out.json) await writeTo(process[stream], part);
    },
    missed: (characters) => out.say(`${characters} characters of output were dropped`),
  });
  out.answer({ log: text, running: false, lease }, () => '');
}

async function giveBack({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const path = `${pathOf(given.argument('lease'))}/give-back`;
  const doc = await client.send<{ lease: LeaseDoc & { reclaimAt: string | null } }>('POST', path);
  const { id, state, ending, reclaimAt } = doc.lease;
  const words = ending === null ? `${state}, ends ${relativeText(reclaimAt)}` : endingText(ending);
  out.answer(doc, () => `${id}: ${words}\n`);
}

export const LEASES: readonly Command[] = [
  hosted({
    title: 'leases list',
    what: 'lists leases',
    example: 'haggle leases list --last 10',
    options: {
      state: { type: 'text', value: 'STATE', what: STATES.join(', '), choices: STATES },
      last: { type: 'whole', value: 'N', what: 'only the newest', min: 1 },
    },
    run: list,
  }),
  hosted({
    title: 'leases show',
    what: 'shows one lease with its ending and what was used',
    example: 'haggle leases show lse_00000000a',
    options: {},
    arguments: LEASE,
    run: show,
  }),
  hosted({
    title: 'leases log',
    what: 'prints what the process in a lease has written',
    example: 'haggle leases log lse_00000000a',
    options: { follow: { type: 'flag', what: 'and what it writes from now on, to its end' } },
    arguments: LEASE,
    run: log,
  }),
  hosted({
    title: 'leases give-back',
    what: 'takes the slots back, after the agreed window and for the agreed penalty',
    example: 'haggle leases give-back lse_00000000a',
    options: {},
    arguments: LEASE,
    run: giveBack,
  }),
];
