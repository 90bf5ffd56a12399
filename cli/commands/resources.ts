// `haggle resources`: what is for sale, at which price.
import { callerFor } from '../caller.ts';
import type { Client } from '../client.ts';
import { type Command, type Context, hosted } from '../command.ts';
import type { ResourceDoc } from '../documents.ts';
import { fault, usage } from '../fault.ts';
import { naming } from '../fields.ts';
import { resourceText } from '../need.ts';
import { agentNames } from '../people.ts';
import { type Column, table } from '../table.ts';
import { bytesText, creditsText, priceText } from '../units.ts';

const KINDS = ['cpu', 'gpu', 'memory'] as const;
const RESOURCE = [{ name: 'resource' }];
const FIELDS = {
  kind: 'KIND',
  model: '--model',
  count: '--count',
  vramBytes: '--vram',
  memoryBytes: '--memory',
  reservePrice: '--reserve-price',
};

type Named = (id: string | null) => string;

const columns = (named: Named): Column<ResourceDoc>[] => [
  { head: 'id', of: ({ id }) => id },
  { head: 'kind', of: ({ kind }) => kind },
  {
    head: 'model',
    of: ({ model, simulated }) => `${model ?? '-'}${simulated ? ' (simulated)' : ''}`,
  },
  { head: 'free', right: true, of: ({ free, count }) => `${free} of ${count}` },
  { head: 'memory', right: true, of: (one) => bytesText(one.vramBytes ?? one.memoryBytes) },
  { head: 'state', of: ({ state }) => state },
  { head: 'reserve', right: true, of: ({ reservePrice }) => `${creditsText(reservePrice)}/h` },
  { head: 'owner', of: ({ ownerId }) => named(ownerId) },
  { head: 'holder', of: ({ holder }) => named(holder) },
];

const allResources = (client: Client): Promise<ResourceDoc[]> =>
  client.all<ResourceDoc>('/v1/resources', 'resources');

async function list({ open, out }: Context): Promise<void> {
  const { client } = await open();
  const resources = await allResources(client);
  const named = await agentNames(client);
  const none = 'Nothing is for sale.';
  out.answer({ resources, next: null }, () => table(resources, columns(named), none));
}

/** By id, or by kind or model where that names only one. */
async function findResource(client: Client, wanted: string): Promise<ResourceDoc> {
  const all = await allResources(client);
  const exact = all.find(({ id }) => id === wanted);
  if (exact !== undefined) return exact;
  const lower = wanted.toLowerCase();
  const [one, other] = all.filter(
    ({ kind, model }) => kind === lower || model?.toLowerCase() === lower,
  );
  if (one !== undefined && other === undefined) return one;
  const detail =
    one === undefined
      ? `there is no resource ${JSON.stringify(wanted)}`
      : `${JSON.stringify(wanted)} names more than one resource; give an id`;
  throw fault('no-such-resource', detail, { field: 'RESOURCE', hint: 'haggle resources list' });
}

async function add({ given, open, out }: Context): Promise<void> {
  const kind = given.argument('kind').toLowerCase();
  if (!KINDS.some((known) => known === kind)) {
    const detail = `KIND must be one of ${KINDS.join(', ')}, not ${JSON.stringify(kind)}`;
    throw usage('invalid-value', detail, { field: 'KIND' });
  }
  const [model, vram, memory] = [given.text('model'), given.number('vram'), given.number('memory')];
  const price = given.number('reserve-price');
  const body = {
    kind,
    count: given.number('count'),
    ...(model === undefined ? {} : { model }),
    ...(vram === undefined ? {} : { vramBytes: vram }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(price === undefined ? {} : { reservePrice: price }),
    ...(given.flag('simulated') ? { simulated: true } : {}),
  };
  const { client } = await open();
  const owner = given.text('owner');
  const speaker = owner === undefined ? client : (await callerFor(client, owner)).client;
  const asked = speaker.send<{ resource: ResourceDoc }>('POST', '/v1/resources', body);
  const doc = await naming(FIELDS, asked);
  speaker.close();
  const named = await agentNames(client);
  out.answer(doc, () => table([doc.resource], columns(named), ''));
}

async function change(
  { given, open, out }: Context,
  body: Record<string, unknown>,
  said: (resource: ResourceDoc) => string,
): Promise<void> {
  const { client } = await open();
  const { id } = await findResource(client, given.argument('resource'));
  const asked = client.send<{ resource: ResourceDoc }>('PUT', `/v1/resources/${id}`, body);
  const doc = await naming({ reservePrice: 'CREDITS' }, asked);
  out.answer(doc, () => `${resourceText(doc.resource)} (${id}) ${said(doc.resource)}\n`);
}

const pause = (context: Context): Promise<void> =>
  change(context, { paused: true }, () => 'is paused: running leases go on, no new one begins');
const resume = (context: Context): Promise<void> =>
  change(context, { paused: false }, ({ free, count }) => `sells again, ${free} of ${count} free`);

async function setPrice(context: Context): Promise<void> {
  const text = context.given.argument('credits');
  if (!/^\d+(\.\d+)?$/u.test(text)) {
    const detail = `CREDITS must be a number of credits, not ${JSON.stringify(text)}`;
    throw usage('invalid-value', detail, { field: 'CREDITS' });
  }
  return change(context, { reservePrice: Number(text) }, ({ reservePrice }) => {
    return `costs at least ${priceText(reservePrice)} per slot and hour`;
  });
}

export const RESOURCES: readonly Command[] = [
  hosted({
    title: 'resources list',
    what: 'lists what is on the market',
    example: 'haggle resources list',
    options: {},
    run: list,
  }),
  hosted({
    title: 'resources add',
    what: 'puts a resource on the market',
    notes: 'KIND is cpu, gpu or memory. Without --owner this machine’s own seller sells it.',
    example: 'haggle resources add gpu --model H100 --count 4 --vram 80GiB --simulated',
    options: {
      count: { type: 'whole', value: 'N', what: 'how many slots', min: 1, max: 1024, default: '1' },
      model: { type: 'text', value: 'NAME', what: 'the device’s name' },
      vram: { type: 'bytes', value: 'SIZE', what: 'video memory per slot' },
      memory: { type: 'bytes', value: 'SIZE', what: 'memory per slot' },
      'reserve-price': { type: 'number', value: 'CREDITS', what: 'per slot and hour', min: 0 },
      owner: { type: 'text', value: 'NAME', what: 'the agent that sells it' },
      simulated: { type: 'flag', what: 'there is no such device: for trying things out' },
    },
    arguments: [{ name: 'kind' }],
    run: add,
  }),
  hosted({
    title: 'resources pause',
    what: 'stops selling a resource',
    example: 'haggle resources pause cpu',
    options: {},
    arguments: RESOURCE,
    run: pause,
  }),
  hosted({
    title: 'resources resume',
    what: 'sells a paused resource again',
    example: 'haggle resources resume cpu',
    options: {},
    arguments: RESOURCE,
    run: resume,
  }),
  hosted({
    title: 'resources price',
    what: 'sets the reserve price, in credits per slot and hour',
    example: 'haggle resources price cpu 2.5',
    options: {},
    arguments: [...RESOURCE, { name: 'credits' }],
    run: setPrice,
  }),
];
