// The word and the tone of every state. A tone is never shown without its word or icon.
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import type {
  AgentView,
  CallView,
  DialogueView,
  LeaseView,
  SlotView,
} from '../../core/engine/view/model.ts';

/** `live` is under way, `good` went well, `warn` did not, `quiet` is over, `bad` needs a person. */
export type Tone = 'live' | 'good' | 'warn' | 'quiet' | 'bad';
/** Names of icons; ui/icons.tsx draws them. */
export type Mark =
  | 'open'
  | 'idle'
  | 'deciding'
  | 'awarded'
  | 'none'
  | 'cancelled'
  | 'failed'
  | 'scheduled'
  | 'running'
  | 'reclaiming'
  | 'settled'
  | 'expired'
  | 'free'
  | 'held'
  | 'proposed'
  | 'refused'
  | 'lost'
  | 'silent'
  | 'paused'
  | 'bargaining'
  | 'agreed'
  | 'alarm';

export interface State {
  word: string;
  tone: Tone;
  mark: Mark;
}

const CALLS: Record<CallView['state'], State> = {
  open: { word: 'Open', tone: 'live', mark: 'open' },
  bargaining: { word: 'Bargaining', tone: 'live', mark: 'bargaining' },
  deciding: { word: 'Deciding', tone: 'warn', mark: 'deciding' },
  awarded: { word: 'Awarded', tone: 'good', mark: 'awarded' },
  unawarded: { word: 'No award', tone: 'quiet', mark: 'none' },
  cancelled: { word: 'Cancelled', tone: 'quiet', mark: 'cancelled' },
  failed: { word: 'Failed', tone: 'warn', mark: 'failed' },
};
export const CALL_STATES = Object.keys(CALLS) as CallView['state'][];

const BARGAININGS: Record<BargainingDoc['state'], State> = {
  running: { word: 'Bargaining', tone: 'live', mark: 'bargaining' },
  agreed: { word: 'Agreed', tone: 'good', mark: 'agreed' },
  conflict: { word: 'No deal', tone: 'warn', mark: 'none' },
};

const LEASES: Record<LeaseView['state'], State> = {
  scheduled: { word: 'Scheduled', tone: 'live', mark: 'scheduled' },
  active: { word: 'Running', tone: 'good', mark: 'running' },
  reclaiming: { word: 'Being given back', tone: 'warn', mark: 'reclaiming' },
  settled: { word: 'Settled', tone: 'quiet', mark: 'settled' },
  expired: { word: 'Expired', tone: 'warn', mark: 'expired' },
  voided: { word: 'Voided', tone: 'quiet', mark: 'cancelled' },
};

const SLOTS: Record<SlotView['state'], State> = {
  free: { word: 'Free', tone: 'quiet', mark: 'free' },
  held: { word: 'Held', tone: 'warn', mark: 'held' },
  leased: { word: 'Leased', tone: 'good', mark: 'running' },
};

const DIALOGUES: Record<DialogueView['state'], State> = {
  silent: { word: 'Not called', tone: 'quiet', mark: 'silent' },
  called: { word: 'No answer', tone: 'quiet', mark: 'silent' },
  proposed: { word: 'Proposed', tone: 'live', mark: 'proposed' },
  refused: { word: 'Refused', tone: 'warn', mark: 'refused' },
  rejected: { word: 'Lost', tone: 'quiet', mark: 'lost' },
  committed: { word: 'Won', tone: 'good', mark: 'awarded' },
  done: { word: 'Won, done', tone: 'good', mark: 'settled' },
  failed: { word: 'Won, failed', tone: 'warn', mark: 'failed' },
  cancelled: { word: 'Cancelled', tone: 'quiet', mark: 'cancelled' },
};

export const callState = (call: CallView): State => CALLS[call.state];
export const callStateOf = (state: CallView['state']): State => CALLS[state];
export const bargainingState = (doc: BargainingDoc): State => BARGAININGS[doc.state];
export const leaseState = (lease: LeaseView): State => LEASES[lease.state];
export const slotState = (slot: SlotView): State => SLOTS[slot.state];

/** What one contractor's dialogue came to; a lapsed proposal is told apart from a lost one. */
export function dialogueState(dialogue: DialogueView): State {
  const lapsed = dialogue.proposal?.state === 'lapsed' && dialogue.state === 'rejected';
  return lapsed ? { word: 'Lapsed', tone: 'quiet', mark: 'expired' } : DIALOGUES[dialogue.state];
}

/** What an agent is doing, as the floor shows it. */
export function agentState(agent: AgentView): State {
  if (agent.runningLeases > 0) return { word: 'Working', tone: 'good', mark: 'running' };
  if (agent.openCalls > 0) return { word: 'Calling', tone: 'live', mark: 'open' };
  if (agent.liveProposals > 0) return { word: 'Proposing', tone: 'live', mark: 'proposed' };
  if (agent.kind === 'machine') return { word: 'Selling', tone: 'quiet', mark: 'proposed' };
  if (isBroke(agent)) return { word: 'Out of credits', tone: 'warn', mark: 'expired' };
  return { word: 'Idle', tone: 'quiet', mark: 'idle' };
}

/** It has a budget and nothing of it is left before the window ends. */
export function isBroke(agent: AgentView): boolean {
  return agent.budget !== null && agent.budget.remaining <= 0 && agent.posted - agent.held <= 0;
}
