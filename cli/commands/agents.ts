// `haggle agents`: who takes part, and what they may spend.
import { type Command, type Context, hosted } from '../command.ts';
import type { AgentDoc, Balance, Budget } from '../documents.ts';
import { creditsIn, naming } from '../fields.ts';
import type { OptionSpecs } from '../options.ts';
import { allAgents, findAgent } from '../people.ts';
import { type Column, facts, table } from '../table.ts';
import { creditsText, priceText, relativeText, spanText } from '../units.ts';

const HOUR_MS = 3_600_000;
const AGENT = [{ name: 'agent' }];
const BUDGET_OPTIONS: OptionSpecs = {
  per: {
    type: 'span',
    value: 'SPAN',
    what: 'length of the window: hour, day, 90m (hour)',
    min: 1000,
  },
  'carry-over': { type: 'flag', what: 'what is left at the end of a window stays' },
};
const FIELDS = { name: 'NAME', project: '--project', amount: 'AMOUNT', windowMs: '--per' };

function budgetText(budget: Budget | null): string {
  if (budget === null) return '-';
  const { amount, windowMs, carryOver } = budget;
  return `${creditsText(amount)} per ${perText(windowMs)}${carryOver ? ', kept' : ''}`;
}

function perText(ms: number): string {
  const names: Readonly<Record<number, string>> = { [HOUR_MS]: 'hour', [24 * HOUR_MS]: 'day' };
  return names[ms] ?? spanText(ms);
}

const COLUMNS: readonly Column<AgentDoc>[] = [
  { head: 'name', of: ({ name }) => name },
  { head: 'id', of: ({ id }) => id },
  { head: 'project', of: ({ project }) => project ?? '-' },
  { head: 'available', right: true, of: ({ balance }) => creditsText(balance.available) },
  { head: 'held', right: true, of: ({ balance }) => creditsText(balance.held) },
  { head: 'budget', right: true, of: ({ budget }) => budgetText(budget) },
  { head: 'delegate', of: ({ delegate }) => delegate ?? '-' },
];

function agentFacts(agent: AgentDoc): string {
  const { balance, budget, reputation } = agent;
  const rights = [agent.system ? 'priority reserve' : '', agent.exec ? 'own commands' : ''];
  const kept = `${reputation.kept} kept, ${reputation.broken} broken`;
  return facts([
    ['name', agent.name],
    ['id', agent.id],
    ['project', agent.project ?? '-'],
    ['rights', rights.filter((right) => right !== '').join(', ') || '-'],
    ['capabilities', agent.capabilities.join(', ') || '-'],
    ['delegate', agent.delegate ?? '-'],
    ['balance', balanceText(balance)],
    ['budget', budget === null ? '-' : `${budgetText(budget)}, ${restText(budget)}`],
    ['commitments', `${kept} (reputation ${Math.round(reputation.score * 100) / 100})`],
    ['registered', relativeText(agent.registeredAt)],
  ]);
}

const balanceText = ({ available, held }: Balance): string =>
  `${priceText(available)} available, ${creditsText(held)} held`;
const restText = ({ remaining, windowEndsAt }: Budget): string =>
  `${creditsText(remaining)} left, window ends ${relativeText(windowEndsAt)}`;

async function list({ open, out }: Context): Promise<void> {
  const { client } = await open();
  const agents = await allAgents(client);
  out.answer({ agents, next: null }, () => table(agents, COLUMNS, 'No agents yet.'));
}

async function show({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const agent = await findAgent(client, given.argument('agent'), 'AGENT');
  out.answer({ agent }, () => agentFacts(agent));
}

async function add({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const project = given.text('project');
  const capabilities = given.list('capability');
  const body = {
    name: given.argument('name'),
    ...(project === undefined ? {} : { project }),
    ...(given.flag('exec') ? { exec: true } : {}),
    ...(given.flag('system') ? { system: true } : {}),
    ...(capabilities.length === 0 ? {} : { capabilities }),
  };
  const asked = client.send<{ agent: AgentDoc; token: string }>('POST', '/v1/agents', body);
  let made = await naming(FIELDS, asked);
  const amount = given.number('budget');
  if (amount !== undefined) {
    const rule = { amount, windowMs: HOUR_MS };
    const path = `/v1/agents/${made.agent.id}/budget`;
    made = { ...made, ...(await client.send<{ agent: AgentDoc }>('PUT', path, rule)) };
  }
  out.answer(made, () => `${agentFacts(made.agent)}token         ${made.token}\n`);
}

async function setBudget({ given, open, out }: Context): Promise<void> {
  const name = given.argument('agent');
  const amount = creditsIn('AMOUNT', given.argument('amount'));
  const windowMs = given.number('per') ?? HOUR_MS;
  const body = { amount, windowMs, ...(given.flag('carry-over') ? { carryOver: true } : {}) };
  const { client } = await open();
  if (given.flag('project')) {
    const path = `/v1/projects/${encodeURIComponent(name)}/budget`;
    const asked = client.send<{ project: Shared }>('PUT', path, body);
    const doc = await naming(FIELDS, asked);
    out.answer(doc, () => `project ${doc.project.name}: ${budgetText(doc.project.budget)}\n`);
    return;
  }
  const { id } = await findAgent(client, name, 'AGENT');
  const asked = client.send<{ agent: AgentDoc }>('PUT', `/v1/agents/${id}/budget`, body);
  const doc = await naming(FIELDS, asked);
  out.answer(doc, () => agentFacts(doc.agent));
}
interface Shared {
  name: string;
  balance: Balance;
  budget: Budget | null;
}

async function token({ given, open, out }: Context): Promise<void> {
  const { client } = await open();
  const { id } = await findAgent(client, given.argument('agent'), 'AGENT');
  const doc = await client.get<{ token: string }>(`/v1/agents/${id}/token`);
  out.answer(doc, () => `${doc.token}\n`);
}

export const AGENTS: readonly Command[] = [
  hosted({
    title: 'agents list',
    what: 'lists agents with what they may spend',
    example: 'haggle agents list',
    options: {},
    run: list,
  }),
  hosted({
    title: 'agents show',
    what: 'shows one agent, by name or id',
    example: 'haggle agents show "This machine"',
    options: {},
    arguments: AGENT,
    run: show,
  }),
  hosted({
    title: 'agents add',
    what: 'registers an agent and prints its token',
    example: 'haggle agents add "Night shift" --project reports --budget 200 --exec',
    options: {
      project: { type: 'text', value: 'NAME', what: 'what its costs are attributed to' },
      budget: { type: 'number', value: 'CREDITS', what: 'credits per hour', min: 0 },
      exec: { type: 'flag', what: 'it may run commands of its own on this machine' },
      system: { type: 'flag', what: 'it may use the priority reserve' },
      capability: { type: 'list', value: 'TEXT', what: 'what it can do; repeat it' },
    },
    arguments: [{ name: 'name' }],
    run: add,
  }),
  hosted({
    title: 'agents budget',
    what: 'sets what an agent is issued at the start of each window',
    example: 'haggle agents budget "Night shift" 500 --per day',
    options: {
      ...BUDGET_OPTIONS,
      project: { type: 'flag', what: 'AGENT names a project: its agents share the budget' },
    },
    arguments: [...AGENT, { name: 'amount' }],
    run: setBudget,
  }),
  hosted({
    title: 'agents token',
    what: 'prints the token of an agent',
    example: 'haggle agents token "Night shift"',
    options: {},
    arguments: AGENT,
    run: token,
  }),
];
