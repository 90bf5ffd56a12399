// The states of a call, and which calls have not come to their end.
import type { Client } from './client.ts';
import type { CfpDoc } from './documents.ts';

/** As the API lists them. */
export const CALL_STATES = [
  'open',
  'deciding',
  'bargaining',
  'awarded',
  'unawarded',
  'cancelled',
  'failed',
] as const;

const LIVE: readonly string[] = ['open', 'deciding', 'bargaining'];
/** Whether it may still be awarded: bids come in, or its manager decides or bargains. */
export const isLive = ({ state }: Pick<CfpDoc, 'state'>): boolean => LIVE.includes(state);

/** Calls that end without a person's doing: what takes proposals, and what is bargained over. */
export async function callsUnderWay(client: Client): Promise<CfpDoc[]> {
  const states = ['open', 'bargaining'];
  const lists = states.map((state) => client.all<CfpDoc>(`/v1/cfps?state=${state}`, 'cfps'));
  return (await Promise.all(lists)).flat();
}
