// decide(state, command) -> events + answer. Reads the state, never changes it; every path ends in
// a defined answer.
import { assertNever, must } from '../base/assert.ts';
import { problem } from '../protocol/problems.ts';
import * as admin from './admin.ts';
import { acceptOffer, award, closeRound, decideCall, giveUp } from './awards.ts';
import { bargain, conflict, makeOffer, quit } from './bargaining.ts';
import { cancelCall, openCall, refuseCall } from './calls.ts';
import { accepted, type Command, type Decision, refused } from './commands.ts';
import { endCall, releaseProposal } from './endings.ts';
import type { Event } from './events.ts';
import * as leases from './leases.ts';
import { propose } from './proposals.ts';
import { conversationOf, liveProposals, type Market, proposalOf } from './state.ts';
import { nextTimer, type Timer } from './timers.ts';

/** What the market says to a command. Pure: same state and command, same answer. */
export function decide(m: Market, cmd: Command): Decision {
  if (m.seq === 0 && cmd.type !== 'found-market') {
    return refused(problem('not-understood', 'the market has not been founded yet'));
  }
  switch (cmd.type) {
    case 'found-market':
      return admin.foundMarket(m, cmd);
    case 'register-agent':
      return admin.registerAgent(m, cmd);
    case 'set-delegate':
      return admin.setDelegate(m, cmd);
    case 'set-agent-budget':
      return admin.setAgentBudget(m, cmd);
    case 'set-project-budget':
      return admin.setProjectBudget(m, cmd);
    case 'add-resource':
      return admin.addResource(m, cmd);
    case 'change-resource':
      return admin.changeResource(m, cmd);
    case 'set-policy':
      return admin.setPolicy(m, cmd);
    case 'open-cfp':
      return openCall(m, cmd);
    case 'propose':
      return propose(m, cmd);
    case 'refuse':
      return refuseCall(m, cmd);
    case 'award':
      return award(m, cmd);
    case 'bargain':
      return bargain(m, cmd);
    case 'offer':
      return makeOffer(m, cmd);
    case 'accept-offer':
      return acceptOffer(m, cmd);
    case 'quit':
      return quit(m, cmd);
    case 'cancel':
      return cancelCall(m, cmd);
    case 'enforce':
      return leases.enforce(m, cmd);
    case 'renew':
      return leases.renew(m, cmd);
    case 'done':
      return leases.done(m, cmd);
    case 'fail':
      return leases.fail(m, cmd);
    case 'give-back':
      return leases.giveBack(m, cmd);
    case 'tick':
      return tick(m, cmd);
    default:
      return assertNever(cmd, 'command');
  }
}

/** Fires the first timer that is due; nothing when none is. The host repeats it until then. */
function tick(m: Market, cmd: Command): Decision {
  const timer = nextTimer(m);
  if (timer === null || timer.dueAt > cmd.at) return accepted([], {});
  return accepted(fire(m, timer, cmd), {});
}

function fire(m: Market, { kind, id }: Timer, cmd: Command): Event[] {
  switch (kind) {
    case 'window':
      return [admin.rollWindow(m, id, cmd.at)];
    case 'decide': {
      const c = conversationOf(m, id);
      if (c.award === 'auto') return [decideCall(m, c, cmd.at, cmd.entropy)];
      if (liveProposals(m, c).length > 0)
        return [{ seq: 0, at: 0, type: 'bidding-closed', cfpId: id }];
      return [decideCall(m, c, cmd.at, cmd.entropy)]; // nobody to choose from: named ending
    }
    case 'round':
      return [closeRound(m, conversationOf(m, id), cmd.at, cmd.entropy)];
    case 'give-up':
      return [giveUp(m, conversationOf(m, id))];
    case 'lapse':
      return lapse(m, id);
    case 'start':
      return [{ seq: 0, at: 0, type: 'lease-started', leaseId: id }];
    case 'reclaim':
      return [leases.reclaimed(m, must(leases.runningLease(m, id), 'lease'), cmd.at)];
    case 'end':
      return [leases.unreported(m, must(leases.runningLease(m, id), 'lease'))];
    default:
      return assertNever(kind, 'timer');
  }
}

/** A proposal's own validity ends; a manual call left without any ends too. */
function lapse(m: Market, proposalId: string): Event[] {
  const p = proposalOf(m, proposalId);
  const c = conversationOf(m, p.cfpId);
  if (c.state === 'bargaining') {
    return [conflict(m, c, must(c.bargaining, 'bargaining'), 'timed-out', null)];
  }
  const transfers = releaseProposal(m, proposalId);
  const lapsed: Event = {
    seq: 0,
    at: 0,
    type: 'proposal-lapsed',
    cfpId: c.id,
    proposalId,
    transfers,
  };
  const left = liveProposals(m, c).filter((other) => other.id !== proposalId);
  if (c.state !== 'deciding' || left.length > 0) return [lapsed];
  const ended = endCall(m, c, 'unawarded', 'all-infeasible', [
    { proposalId, reason: 'expired', short: {} },
  ]);
  // One event ends both: the call's ending carries the lapsed proposal's releases.
  return [ended];
}
