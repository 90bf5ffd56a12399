// What stands on the floor. Each node reads its own record and nothing else; far away it is a mark
// whose colour is its state and whose size is its credits.
import { type NodeProps, useStore } from '@xyflow/react';
import { memo } from 'react';
import type { AgentView, CallView, LeaseView } from '../../core/engine/view/model.ts';
import { useView } from '../frame/view-store.ts';
import { useAgent, useAgentName, useCall, useLease, useRecord, useTimed } from '../mirror/hooks.ts';
import { AgentDot } from '../ui/things.tsx';
import { MarkIcon } from '../ui/icons.tsx';
import { conflictWords } from '../words/bargaining.ts';
import { credits, creditsShort, left } from '../words/format.ts';
import { isLive, stuckReason } from '../words/market.ts';
import { agentState, callState } from '../words/states.ts';
import { ContractorLines, ContractorMap } from './contractor.tsx';
import type { FloorData, FloorNode } from './elements.ts';
import { useFloor } from './floor-store.ts';

type Props = NodeProps<FloorNode>;

/** Below this zoom words cannot be read, so none are drawn. */
export const MAP_ZOOM = 0.5;
export const useIsMap = (): boolean => useStore((s) => s.transform[2] < MAP_ZOOM);
/** Below this one only names and prices can be, so they get the room of all else. */
const SMALL_ZOOM = 0.8;
export const useIsSmall = (): boolean => useStore((s) => s.transform[2] < SMALL_ZOOM);

function useClasses(key: string, id: string, { dense, leaving }: FloorData, tone: string): string {
  const focused = useFloor((s) => s.focus === key);
  const chosen = useView((s) => s.route.selected === id || s.route.id === id);
  const names = ['fnode', `tone-${tone}`];
  if (dense) names.push('dense');
  if (leaving) names.push('leaving');
  if (focused) names.push('focused');
  if (chosen) names.push('chosen');
  return names.join(' ');
}

export const ManagerNode = memo(function ManagerNode({ id: key, data }: Props) {
  const agent = useAgent(data.id);
  const far = useIsMap();
  const state = agent ? agentState(agent) : null;
  const classes = useClasses(key, data.id, data, state?.tone ?? 'quiet');
  if (!agent || !state) return null;
  if (far)
    return <Pill className={`${classes} right`} part={share(agent.posted - agent.held, 200)} />;
  const idle = state.word === 'Idle' ? ' idle' : '';
  return (
    <div id={key} className={`${classes} manager${idle}`} title={`${agent.name}: ${state.word}`}>
      <div className="fline">
        <span className="agent grow">
          <AgentDot id={agent.id} />
          <span className="cut name">{agent.name}</span>
        </span>
        <span className="ftone">
          <MarkIcon mark={state.mark} size={12} />
        </span>
      </div>
      {!data.dense && <ManagerMoney agent={agent} word={state.word} />}
    </div>
  );
});

function ManagerMoney({ agent, word }: { agent: AgentView; word: string }) {
  return (
    <div className="fline sub">
      <span className="grow cut">{word}</span>
      <span>{credits(agent.posted - agent.held)} cr</span>
    </div>
  );
}

/** How much of its place a node fills on the map: all of it at `most` credits. */
function share(micro: number, most: number): number {
  const part = Math.sqrt(Math.max(0, micro) / 1_000_000 / most);
  return 0.16 + 0.84 * Math.min(1, Math.round(part * 20) / 20);
}
function Pill({ className, part }: { className: string; part: number }) {
  return (
    <div className={`${className} map`}>
      <span className="fpill" style={{ width: `${(part * 100).toFixed(0)}%` }} />
    </div>
  );
}

export const CallNode = memo(function CallNode({ id: key, data }: Props) {
  const call = useCall(data.id);
  const lease = useLease(call?.leaseId ?? null);
  const far = useIsMap();
  const tone = call ? toneOf(call, lease) : 'quiet';
  const classes = useClasses(key, data.id, data, tone);
  if (!call) return null;
  if (far) return <Pill className={classes} part={share(call.limitPrice, 25)} />;
  const { dense, leaving } = data;
  return <NearCall {...{ domId: key, className: classes, call, lease, dense, leaving }} />;
});

function toneOf(call: CallView, lease: LeaseView | undefined): string {
  if (call.state === 'awarded' && lease?.ended) {
    return lease.ended.ending === 'settled' ? 'good' : 'warn';
  }
  return callState(call).tone;
}

interface NearProps {
  domId: string;
  className: string;
  call: CallView;
  lease: LeaseView | undefined;
  dense: boolean;
  leaving: boolean;
}

/** Steps of the time bar: finer ones would be drawn more often than they are seen. */
const BAR_STEPS = 24;

function NearCall({ domId, className, call, lease, dense, leaving }: NearProps) {
  const state = callState(call);
  const stuck = useTimed((now) => stuckReason(call, lease ?? null, now) !== null);
  const over = leaving || (lease?.ended ?? null) !== null;
  const from = isLive(call) ? call.openedAt : (lease?.startAt ?? 0);
  const to = isLive(call) ? call.replyBy : over ? 0 : (lease?.endAt ?? 0);
  const part = useTimed((now) => {
    const rest = Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)));
    return Math.ceil(rest * BAR_STEPS) / BAR_STEPS;
  });
  const price = lease ? lease.price : call.limitPrice;
  return (
    <div id={domId} className={`${className} call`} title={`${call.title}: ${state.word}`}>
      <div className="fline">
        <span className="ftone">
          <MarkIcon mark={stuck ? 'alarm' : state.mark} size={12} />
        </span>
        <span className="cut name grow">{call.title}</span>
        <span className="price">
          {lease ? '' : call.direction === 'offer' ? '≥ ' : '≤ '}
          {creditsShort(price)}
        </span>
      </div>
      {!dense && (
        <div className="fline sub">
          <span className="grow cut">{story(call, lease)}</span>
          <Remaining until={to} />
        </div>
      )}
      {part > 0 && (
        <i
          className="fbar"
          style={{ transform: `scaleX(${part.toFixed(3)})` }}
          aria-hidden="true"
        />
      )}
    </div>
  );
}

function Remaining({ until }: { until: number }) {
  const text = useTimed((now) => (until > now ? left(until, now) : ''));
  return <span>{text}</span>;
}

/** The second line: how far it is, in a few words. */
function story(call: CallView, lease: LeaseView | undefined): string {
  if (lease && call.direction === 'offer') return 'Sold to the highest bid';
  if (lease?.ended) return `Lease ${lease.ended.ending}`;
  if (lease) return lease.state === 'scheduled' ? 'Awarded, starts soon' : 'Awarded, running';
  const bids = call.dialogues.filter(({ proposal }) => proposal !== null).length;
  const refused = call.dialogues.filter(({ refusal }) => refusal !== null).length;
  if (call.bargaining?.state === 'conflict') return `No deal: ${conflictWords(call.bargaining)}`;
  if (!isLive(call)) return callState(call).word;
  if (call.bargaining?.state === 'running') {
    const { round, roundsMax } = call.bargaining;
    return `Bargaining, round ${Math.min(round, roundsMax)} of ${roundsMax}`;
  }
  const parts = [bids === 0 ? 'No bid yet' : bids === 1 ? '1 bid' : `${bids} bids`];
  if (refused > 0) parts.push(`${refused} refused`);
  return `${call.direction === 'offer' ? 'Offer, ' : ''}${parts.join(', ')}`;
}

export const ContractorNode = memo(function ContractorNode({ id: key, data }: Props) {
  const name = useAgentName(data.id);
  const far = useIsMap();
  const busy = useRecord('agents', data.id, (agent) => (agent?.runningLeases ?? 0) > 0);
  const own = useRecord('agents', data.id, (agent) => agent?.kind === 'machine');
  const classes = useClasses(key, data.id, data, busy ? 'good' : 'quiet');
  if (far) return <ContractorMap className={classes} lines={data.lines} />;
  return (
    <div id={key} className={`${classes} contractor`} title={name}>
      <div className="fline head">
        <span className="agent grow">
          <AgentDot id={data.id} />
          <span className="cut name">{name}</span>
        </span>
        {own && <span className="ftag">this machine</span>}
      </div>
      <ContractorLines lines={data.lines} hidden={data.hidden} />
    </div>
  );
});
