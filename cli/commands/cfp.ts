// `haggle cfp`: calls for proposals.
import { bargainingText } from '../bargaining.ts';
import { callerFor, speakerIn } from '../caller.ts';
import { CALL_STATES } from '../calls.ts';
import { type Command, type Context, hosted } from '../command.ts';
import type { CfpDoc, LeaseDoc, ProposalDoc, RefusalDoc } from '../documents.ts';
import { usage } from '../fault.ts';
import { naming } from '../fields.ts';
import { needText } from '../need.ts';
import type { Given } from '../options.ts';
import { agentNames } from '../people.ts';
import { type Column, facts, newest, table } from '../table.ts';
import { CALL_FIELDS, runOf, TASK_OPTIONS, taskOf, valuationOf } from '../task.ts';
import { creditsText, priceText, relativeText, spanText } from '../units.ts';

const CFP = [{ name: 'cfp' }];
const PRICINGS = ['first-price', 'second-price', 'second-score'] as const;
const AWARDS = ['auto', 'manual'] as const;
type Named = (id: string | null) => string;

const pathOf = (id: string): string => `/v1/cfps/${encodeURIComponent(id)}`;

function subject({ need, offer }: CfpDoc): string {
  if (need !== undefined) return needText(need);
  if (offer === undefined) return '-';
  const { kind, count, durationMs } = offer;
  return `offer: ${needText({ kind, count, durationMs })}`;
}

const limitText = ({ maxPrice, minPrice }: CfpDoc): string =>
  maxPrice === undefined && minPrice === undefined ? '-' : creditsText(maxPrice ?? minPrice ?? 0);
const stateText = ({ state, why }: CfpDoc): string => (why === null ? state : `${state}: ${why}`);

const columns = (named: Named): Column<CfpDoc>[] => [
  { head: 'id', of: ({ id }) => id },
  { head: 'manager', of: ({ managerId }) => named(managerId) },
  { head: 'task', of: ({ task }) => task.title },
  { head: 'for', of: subject },
  { head: 'limit', right: true, of: limitText },
  { head: 'state', of: stateText },
  { head: 'price', right: true, of: ({ award }) => (award ? creditsText(award.price) : '-') },
  { head: 'opened', right: true, of: ({ openedAt }) => relativeText(openedAt) },
];

async function list({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const state = given.text('state');
  const path = state === undefined ? '/v1/cfps' : `/v1/cfps?state=${state}`;
  const all = await client.all<CfpDoc>(path, 'cfps');
  const cfps = newest(all, given.number('last'));
  const named = await agentNames(client);
  out.answer({ cfps, next: null }, () => table(cfps, columns(named), 'No calls.'));
}

async function show({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const doc = await client.get<{ cfp: CfpDoc }>(pathOf(given.argument('cfp')));
  const named = await agentNames(client);
  out.answer(doc, () => cfpText(doc.cfp, named));
}

function cfpText(cfp: CfpDoc, named: Named): string {
  const { award, proposals, refusals, bargaining, mechanism } = cfp;
  const mayBargain = mechanism.bargaining ? ', may be bargained over' : '';
  const lines = facts([
    ['id', cfp.id],
    ['manager', named(cfp.managerId)],
    ['task', `${cfp.task.title} (project ${cfp.project})`],
    ['for', subject(cfp)],
    [cfp.direction === 'need' ? 'at most' : 'at least', `${limitText(cfp)} credits`],
    ['mechanism', `${mechanism.pricing}, award ${cfp.awardMode}${mayBargain}`],
    ['state', stateText(cfp)],
    ['opened', relativeText(cfp.openedAt)],
    ['reply by', relativeText(cfp.replyBy)],
    ...(award === null ? [] : [['award', awardText(award, named)] as const]),
  ]);
  const proposed: Column<ProposalDoc>[] = [
    { head: 'proposal', of: ({ id }) => id },
    { head: 'contractor', of: ({ contractorId }) => named(contractorId) },
    { head: 'price', right: true, of: ({ price }) => creditsText(price) },
    {
      head: 'starts',
      right: true,
      of: ({ startDelayMs: ms }) => (ms === 0 ? 'now' : `in ${spanText(ms)}`),
    },
    { head: 'state', of: ({ state }) => state },
    { head: 'lost', of: ({ lost }) => lostText(lost) },
  ];
  const refused: Column<RefusalDoc>[] = [
    { head: 'contractor', of: ({ contractorId }) => named(contractorId) },
    { head: 'refused', of: ({ reason }) => reason },
    { head: 'detail', of: ({ detail }) => detail },
  ];
  const tables = [
    proposals.length === 0 ? '' : `\n${table(proposals, proposed, '')}`,
    refusals.length === 0 ? '' : `\n${table(refusals, refused, '')}`,
    bargaining === null ? '' : `\n${bargainingText(bargaining, named)}`,
  ];
  return lines + tables.join('');
}

const awardText = (award: NonNullable<CfpDoc['award']>, named: Named): string =>
  `to ${named(award.contractorId)} for ${priceText(award.price)}, lease ${award.leaseId}`;

function lostText(lost: ProposalDoc['lost']): string {
  if (lost === null) return '-';
  const { price, startDelayMs } = lost.short;
  const short = price === undefined ? '' : `, ${priceText(price)} short`;
  const late = startDelayMs === undefined ? '' : `, ${spanText(startDelayMs)} late`;
  return `${lost.reason}${short}${late}`;
}

async function openCall(context: Context): Promise<void> {
  const { given, open, out } = context;
  const need = given.text('need');
  const maxPrice = given.number('max-price');
  if (need === undefined) throw lacking('--need', '"2 cpu slots for 5 minutes"');
  if (maxPrice === undefined) throw lacking('--max-price', '10');
  const task = taskFrom(given, need);
  const { client } = await open();
  const caller = await callerFor(client, given.text('agent'));
  const [replyByMs, pricing, award] = [
    given.number('reply-by'),
    given.text('pricing'),
    given.text('award'),
  ];
  const mechanism = {
    ...(pricing === undefined ? {} : { pricing }),
    ...(given.flag('bargain') ? { bargaining: true } : {}),
  };
  const body = {
    ...{ task, need, maxPrice },
    ...(byHand(given) ? {} : { valuation: valuationOf(given) }),
    ...(replyByMs === undefined ? {} : { replyByMs }),
    ...(Object.keys(mechanism).length === 0 ? {} : { mechanism }),
    ...(award === undefined ? {} : { award }),
  };
  const doc = await naming(
    CALL_FIELDS,
    caller.client.send<{ cfp: CfpDoc }>('POST', '/v1/cfps', body),
  );
  caller.client.close();
  const named: Named = (id) => (id === caller.agent.id ? caller.agent.name : (id ?? '-'));
  out.answer(doc, () => cfpText(doc.cfp, named));
}

/**
 * Whether a person will bargain. The host speaks for whoever has said what a task is worth, and two
 * cannot speak for one.
 */
const byHand = (given: Given): boolean =>
  given.flag('bargain') &&
  given.text('award') === 'manual' &&
  Object.keys(valuationOf(given)).length === 0;

const lacking = (option: string, example: string): Error =>
  usage('missing-value', `cfp open needs ${option}`, {
    field: option,
    hint: `${option} ${example}`,
  });

/** A shipped program with its arguments, a command, or nothing: then the slot itself is leased. */
function taskFrom(given: Given, need: string): Record<string, unknown> {
  const program = given.text('program');
  if (program !== undefined) {
    return { ...taskOf(given, program), run: { program, args: given.command } };
  }
  return given.command.length > 0 ? runOf(given) : taskOf(given, need.slice(0, 120));
}

async function cancelCall({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const path = `${pathOf(given.argument('cfp'))}/cancel`;
  const doc = await client.send<{ cfp: CfpDoc }>('POST', path);
  out.answer(doc, () => `${doc.cfp.id} is ${stateText(doc.cfp)}\n`);
}

interface TraceLine {
  at: string;
  performative: string;
  fromId: string | null;
  toId: string | null;
  text: string;
}

async function trace({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const path = `${pathOf(given.argument('cfp'))}/trace`;
  const doc = await client.get<{ trace: TraceLine[] }>(path);
  const width = Math.max(0, ...doc.trace.map(({ performative }) => performative.length));
  const line = ({ at, performative, text }: TraceLine): string =>
    `${at.slice(11, 23)}  ${performative.padEnd(width)}  ${text}\n`;
  out.answer(doc, () => doc.trace.map(line).join(''));
}

/** Its manager decides; the operator may speak for it. */
async function awardCall({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const cfpId = given.argument('cfp');
  const speaker = await speakerIn(client, cfpId, undefined);
  const body = { proposalId: given.argument('proposal') };
  const asked = speaker.send<{ lease: LeaseDoc }>('POST', `${pathOf(cfpId)}/award`, body);
  const doc = await naming({ proposalId: 'PROPOSAL' }, asked);
  speaker.close();
  out.answer(doc, () => wonText(doc.lease));
}

/** `lease lse_00000000a for 12 credits, ends in 10 min` */
export function wonText({ id, price, endAt }: LeaseDoc): string {
  return `lease ${id} for ${priceText(price)}, ends ${relativeText(endAt)}\n`;
}

export const CFPS: readonly Command[] = [
  hosted({
    title: 'cfp list',
    what: 'lists calls for proposals',
    example: 'haggle cfp list --state awarded --last 10',
    options: {
      state: { type: 'text', value: 'STATE', what: CALL_STATES.join(', '), choices: CALL_STATES },
      last: { type: 'whole', value: 'N', what: 'only the newest', min: 1 },
    },
    run: list,
  }),
  hosted({
    title: 'cfp show',
    what: 'shows a call with its proposals, refusals and bargaining',
    example: 'haggle cfp show cfp_000000008',
    options: {},
    arguments: CFP,
    run: show,
  }),
  hosted({
    title: 'cfp open',
    what: 'calls for proposals',
    notes: `The need is a sentence. With -- COMMAND... the command runs in the lease, with --program
one of the shipped programs (arguments after --); without either the slot itself is leased. With
--bargain the host bargains for the caller by its delegate, and with --award manual a person does:
cfp bargain, then cfp offer, accept or quit. A --priority or --deadline leaves it to the host.`,
    example: 'haggle cfp open --need "2x cpu for 1 minute" --max-price 5 --program prime-sieve',
    options: {
      need: { type: 'text', value: 'SENTENCE', what: 'such as "4x H100 GPUs for 30 minutes"' },
      'max-price': { type: 'number', value: 'CREDITS', what: 'the most to pay', min: 0 },
      agent: { type: 'text', value: 'NAME', what: 'who calls and pays (command-line)' },
      program: { type: 'text', value: 'NAME', what: 'a shipped program: haggle programs' },
      'reply-by': { type: 'span', value: 'SPAN', what: 'how long it takes proposals, such as 5s' },
      pricing: { type: 'text', value: 'RULE', what: PRICINGS.join(', '), choices: PRICINGS },
      award: { type: 'text', value: 'HOW', what: 'auto or manual', choices: AWARDS },
      bargain: { type: 'flag', what: 'where no price is within the limit, bargain over the best' },
      ...TASK_OPTIONS,
    },
    command: 'allowed',
    run: openCall,
  }),
  hosted({
    title: 'cfp cancel',
    what: 'cancels a call; after the award it ends the lease',
    example: 'haggle cfp cancel cfp_000000008',
    options: {},
    arguments: CFP,
    run: cancelCall,
  }),
  hosted({
    title: 'cfp trace',
    what: 'prints the messages of a conversation, one sentence each',
    example: 'haggle cfp trace cfp_000000008',
    options: {},
    arguments: CFP,
    run: trace,
  }),
  hosted({
    title: 'cfp award',
    what: 'awards a proposal of a call with award manual',
    example: 'haggle cfp award cfp_000000008 prp_000000009',
    options: {},
    arguments: [...CFP, { name: 'proposal' }],
    run: awardCall,
  }),
];
