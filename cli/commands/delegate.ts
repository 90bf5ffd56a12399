// Who acts for an agent: `haggle agents delegate`, and what there is to choose from.
import { type Command, type Context, hosted } from '../command.ts';
import type { AgentDoc } from '../documents.ts';
import { Fault, usage } from '../fault.ts';
import { type FieldOptions, naming } from '../fields.ts';
import type { Given } from '../options.ts';
import { findAgent } from '../people.ts';

interface StrategiesDoc {
  policies: string[];
  strategies: {
    name: string;
    summary: string;
    parameters: { name: string; summary: string; initial: number; min: number; max: number }[];
  }[];
}

const FIELDS: FieldOptions = {
  policy: '--policy',
  params: '--policy',
  'params.profile': '--policy',
  'params.strategy': '--strategy',
  'params.thinkMs': '--think',
};
/** Options that say how it acts: they make no sense with --none. */
const HOW = ['policy', 'strategy', 'setting', 'concern', 'think'] as const;

async function delegate({ given, open, out }: Context): Promise<void> {
  const how = given.flag('none') ? noneOf(given) : delegateOf(given);
  const { client } = await open();
  const { id } = await findAgent(client, given.argument('agent'), 'AGENT');
  const path = `/v1/agents/${id}/delegate`;
  const method = how === null ? 'DELETE' : 'PUT';
  const asked = client.send<{ agent: AgentDoc }>(method, path, how?.body ?? {});
  const doc = await naming(how?.fields ?? {}, asked).catch(toStrategies);
  const { name, delegate: policy } = doc.agent;
  out.answer(doc, () => `${name}: ${policy ?? 'nobody'} acts for it\n`);
}

/** The host names its own route where the command line has a command. */
function toStrategies(error: unknown): never {
  if (!(error instanceof Fault) || !error.problem.hint?.includes('/v1/strategies')) throw error;
  throw new Fault({ ...error.problem, hint: 'haggle strategies' }, error.exitCode);
}

function noneOf(given: Given): null {
  const odd = HOW.find((name) =>
    name === 'setting' || name === 'concern'
      ? given.list(name).length > 0
      : (name === 'think' ? given.number(name) : given.text(name)) !== undefined,
  );
  if (odd === undefined) return null;
  const detail = `--none takes the delegate away: it goes without --${odd}`;
  throw usage('invalid-value', detail, { field: `--${odd}` });
}

/** The body of the request, and which of its fields came from which option. */
function delegateOf(given: Given): { body: object; fields: FieldOptions } {
  const policy = given.text('policy');
  if (policy === undefined) {
    const detail = 'agents delegate needs --policy, or --none';
    throw usage('missing-value', detail, { field: '--policy', hint: '--policy truthful' });
  }
  const [strategy, thinkMs] = [given.text('strategy'), given.number('think')];
  const settings = numbersOf('--setting', given.list('setting'));
  const concerns = numbersOf('--concern', given.list('concern'));
  const params = {
    ...(strategy === undefined ? {} : { strategy }),
    ...(settings.size === 0 ? {} : { settings: Object.fromEntries(settings) }),
    ...(thinkMs === undefined ? {} : { thinkMs }),
    ...(concerns.size === 0 ? {} : { concerns: Object.fromEntries(concerns) }),
  };
  const own = [
    ...[...settings.keys()].map((key) => [`params.settings.${key}`, `--setting ${key}`]),
    ...[...concerns.keys()].map((key) => [`params.concerns.${key}`, `--concern ${key}`]),
  ];
  const body = { policy, ...(Object.keys(params).length === 0 ? {} : { params }) };
  return { body, fields: { ...FIELDS, ...Object.fromEntries(own) } };
}

/** Numbers of `key=0.3`; the last of two with one key counts. */
function numbersOf(option: string, pairs: readonly string[]): Map<string, number> {
  return new Map(
    pairs.map((pair) => {
      const [, key, number] = /^([A-Za-z]\w*)=(-?(?:\d+\.?\d*|\.\d+))$/u.exec(pair) ?? [];
      if (key !== undefined) return [key, Number(number)];
      const detail = `${option} must be KEY=NUMBER, not ${JSON.stringify(pair)}`;
      throw usage('invalid-value', detail, { field: option, hint: `${option} e=0.3` });
    }),
  );
}

async function strategies({ open, out }: Context): Promise<void> {
  const { client } = await open();
  const doc = await client.get<StrategiesDoc>('/v1/strategies');
  out.answer(doc, () => strategiesText(doc));
}

function strategiesText({ policies, strategies: all }: StrategiesDoc): string {
  const texts = all.map(({ name, summary, parameters }) => {
    const lines = parameters.map(
      (p) => `    ${p.name}=${p.initial}  ${p.summary} (${p.min} to ${p.max})\n`,
    );
    return `${name}\n  ${summary}\n${lines.join('')}`;
  });
  return `policies: ${policies.join(', ')}\n\n${texts.join('\n')}`;
}

export const DELEGATES: readonly Command[] = [
  hosted({
    title: 'agents delegate',
    what: 'lets a policy inside the host act for an agent, or takes it away',
    notes: `The policy bids or sells; the strategy bargains. What is left out takes its initial
value: haggle strategies. Concerns are what counts beside the price: delayPerMinute and
noticePerMinute in credits, penaltyChance from 0 to 1, noticeMsMax, penaltyMax.`,
    example: 'haggle agents delegate Ada --policy truthful --strategy fair --think 1s',
    options: {
      policy: { type: 'text', value: 'NAME', what: 'such as truthful, or seller to sell' },
      strategy: { type: 'text', value: 'NAME', what: 'how it bargains, such as zeuthen' },
      setting: { type: 'list', value: 'KEY=NUMBER...', what: 'of the strategy; may be repeated' },
      concern: { type: 'list', value: 'KEY=NUMBER', what: 'beside the price; may be repeated' },
      think: { type: 'span', value: 'SPAN', what: 'lets pass before it speaks, such as 400ms' },
      none: { type: 'flag', what: 'nobody acts for it any more' },
    },
    arguments: [{ name: 'agent' }],
    pairs: 'setting',
    run: delegate,
  }),
  hosted({
    title: 'strategies',
    what: 'lists what can act and bargain for an agent, with settings and their bounds',
    example: 'haggle strategies',
    options: {},
    run: strategies,
  }),
];
