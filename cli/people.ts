// Agents by name or id, and speaking as one of them.
import { type Client, createClient } from './client.ts';
import { closest } from './closest.ts';
import type { AgentDoc } from './documents.ts';
import { fault } from './fault.ts';

/** Every agent that this token may see, in the order they were registered. */
export const allAgents = (client: Client): Promise<AgentDoc[]> =>
  client.all<AgentDoc>('/v1/agents', 'agents');

/** The agent of that name or id. Throws a Fault with the nearest name. */
export async function findAgent(client: Client, wanted: string, field: string): Promise<AgentDoc> {
  const agents = await allAgents(client);
  const found = agentNamed(agents, wanted);
  if (found !== null) return found;
  const names = agents.map(({ name }) => name);
  const near = closest(wanted, names);
  const hint = near === null ? 'haggle agents list' : JSON.stringify(near);
  throw fault('no-such-agent', `there is no agent ${JSON.stringify(wanted)}`, { field, hint });
}

/** By id, by name, or by name in other capitals where that is clear. */
export function agentNamed(agents: readonly AgentDoc[], wanted: string): AgentDoc | null {
  const exact = agents.find(({ id, name }) => id === wanted || name === wanted);
  if (exact !== undefined) return exact;
  const lower = wanted.toLowerCase();
  const [one, other] = agents.filter(({ name }) => name.toLowerCase() === lower);
  return one !== undefined && other === undefined ? one : null;
}

/** Names for ids; an id that is not known stays as it is. */
export async function agentNames(client: Client): Promise<(id: string | null) => string> {
  const names = new Map((await allAgents(client)).map(({ id, name }) => [id, name]));
  return (id) => (id === null ? '-' : (names.get(id) ?? id));
}

/** Whether the token is the operator's: an agent may not read the policy. */
export async function isOperator(client: Client): Promise<boolean> {
  const [first] = (await client.get<{ agents: AgentDoc[] }>('/v1/agents?limit=1')).agents;
  // Every market has the machine's own seller, and no agent sees another one than itself.
  return first === undefined || first.kind === 'machine';
}

/** A client that speaks as an agent: with the operator's token, or with the agent's own. */
export async function speakAs(client: Client, agent: AgentDoc): Promise<Client> {
  if (!(await isOperator(client))) return client;
  const { token } = await client.get<{ token: string }>(`/v1/agents/${agent.id}/token`);
  return createClient(client.url, token);
}
