// Accounts as a person knows them: the bank, escrow, an agent, a project.
import { projectId } from '../frame/route.ts';
import { select } from '../frame/view-store.ts';
import { AgentLink } from '../ui/things.tsx';

export function AccountName({ id }: { id: string }) {
  const at = id.indexOf(':');
  const kind = at < 0 ? id : id.slice(0, at);
  const name = id.slice(at + 1);
  if (kind === 'agent') return <AgentLink id={name} />;
  if (kind === 'project') return <ProjectLink name={name} />;
  if (kind === 'bank') return <span>Bank</span>;
  return <span>{kind === 'escrow' ? 'Escrow' : id}</span>;
}

export function ProjectLink({ name }: { name: string }) {
  return (
    <button type="button" className="thing" onClick={() => select(projectId(name))}>
      <span className="cut">{name}</span>
    </button>
  );
}

const CODES: Record<string, string> = {
  issue: 'Issued',
  lapse: 'Lapsed',
  'call-hold': 'Held for a call',
  'bid-hold': 'Held for a bid',
  'penalty-hold': 'Held as penalty',
  lease: 'Lease',
  penalty: 'Penalty',
  surcharge: 'Surcharge',
};
/** What a transfer is for. */
export const codeWords = (code: string): string => CODES[code] ?? code;

const STATES: Record<string, string> = {
  pending: 'Held',
  posted: 'Posted',
  voided: 'Released',
  expired: 'Expired',
};
export const transferState = (state: string): string => STATES[state] ?? state;
