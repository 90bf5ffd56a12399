// In whose name a command of a person's own is run.
import type { Client } from './client.ts';
import type { AgentDoc, CfpDoc } from './documents.ts';
import { asFault, fault } from './fault.ts';
import { agentNamed, allAgents, findAgent, isOperator, speakAs } from './people.ts';

export interface Caller {
  agent: AgentDoc;
  /** Speaks as the agent. */
  client: Client;
}

/** The agent that stands for the command line itself, made on first use. */
export const OWN_AGENT = 'command-line';
/** So that a script that runs wild is stopped by its budget. */
const OWN_BUDGET = { amount: 1000, windowMs: 3_600_000 };

/** The named agent, or the one of the command line. With an agent's token it is that agent. */
export async function callerFor(client: Client, name: string | undefined): Promise<Caller> {
  if (!(await isOperator(client))) return { agent: await self(client, name, '--agent'), client };
  const agent =
    name === undefined || name === OWN_AGENT
      ? await ownAgent(client)
      : await findAgent(client, name, '--agent');
  return { agent, client: await speakAs(client, agent) };
}

/**
 * Who speaks in a call: the agent that `--as` names, else its manager; with an agent's token that
 * agent.
 */
export async function speakerIn(
  client: Client,
  cfpId: string,
  name: string | undefined,
): Promise<Client> {
  if (!(await isOperator(client))) {
    await self(client, name, '--as');
    return client;
  }
  if (name !== undefined) return speakAs(client, await findAgent(client, name, '--as'));
  const path = `/v1/cfps/${encodeURIComponent(cfpId)}`;
  const { cfp } = await client.get<{ cfp: CfpDoc }>(path);
  return speakAs(client, await findAgent(client, cfp.managerId, 'CFP'));
}

async function self(client: Client, name: string | undefined, field: string): Promise<AgentDoc> {
  const agents = await allAgents(client);
  const [only] = agents;
  const wanted = name === undefined ? only : agentNamed(agents, name);
  if (wanted) return wanted;
  const detail = `the token is the one of ${only?.name ?? 'nobody'}, not of ${name}`;
  throw fault('no-such-agent', detail, { field });
}

async function ownAgent(client: Client): Promise<AgentDoc> {
  const known = agentNamed(await allAgents(client), OWN_AGENT);
  const agent = known ?? (await register(client));
  if (agent.budget !== null) return agent;
  const path = `/v1/agents/${agent.id}/budget`;
  return (await client.send<{ agent: AgentDoc }>('PUT', path, OWN_BUDGET)).agent;
}

async function register(client: Client): Promise<AgentDoc> {
  const body = { name: OWN_AGENT, exec: true, capabilities: ['haggle run'] };
  try {
    return (await client.send<{ agent: AgentDoc }>('POST', '/v1/agents', body)).agent;
  } catch (error) {
    if (asFault(error).problem.code !== 'name-taken') throw error;
    return findAgent(client, OWN_AGENT, '--agent'); // another command was faster
  }
}
