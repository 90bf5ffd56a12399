// Calls thin, proposals with their price, awards thick with a short pulse, refusals dashed with
// their reason.
import { type EdgeProps, useStore } from '@xyflow/react';
import { memo } from 'react';
import type { CallView, DialogueView } from '../../core/engine/view/model.ts';
import { useView } from '../frame/view-store.ts';
import { clock } from '../mirror/link.ts';
import { useCall, useLease, useOrdinal } from '../mirror/hooks.ts';
import { categoryOf } from '../ui/colours.ts';
import { creditsShort } from '../words/format.ts';
import { dialogueSentence } from '../words/sentences.ts';
import type { FloorEdge } from './elements.ts';
import { useFloor } from './floor-store.ts';
import { useIsMap } from './nodes.tsx';
import { isSlotHandle } from './plan-edges.ts';

export type EdgeShape = EdgeProps<FloorEdge>;
type Props = EdgeShape;

/** From here on prices can be read. */
const LABEL_ZOOM = 0.62;
export const useHasLabels = (): boolean => useStore((s) => s.transform[2] >= LABEL_ZOOM);

/** Pointed at, walked to, or shown in the inspector. */
export function useLit(callId: string, ...agents: string[]): boolean {
  const floor = useFloor((s) => s.lit === callId);
  const chosen = useView((s) => {
    const { selected } = s.route;
    return selected !== null && (selected === callId || agents.includes(selected));
  });
  return floor || chosen;
}

/** Along its row, over to the other row between the blocks, and along that one. */
export function pathOf({ data, sourceX, sourceY, targetX, targetY }: Props): string {
  if (!data?.bend) return `M ${sourceX} ${sourceY} V ${targetY} H ${targetX}`;
  const [from, to] = data.bend;
  const middle = (from + to) / 2;
  const curve = `C ${middle} ${sourceY} ${middle} ${targetY} ${to} ${targetY}`;
  return `M ${sourceX} ${sourceY} H ${from} ${curve} H ${targetX}`;
}

/** A point of the bend, 0 where it begins: labels keep apart where many edges meet. */
export function pointOf({ data, sourceX, sourceY, targetX, targetY }: Props, t: number): Point {
  const [from, to] = data?.bend ?? [sourceX, targetX];
  const [middle, u] = [(from + to) / 2, 1 - t];
  const mix = (a: number, b: number, c: number, d: number): number =>
    u ** 3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t ** 3 * d;
  return {
    x: mix(from, middle, middle, to),
    y: mix(sourceY, sourceY, targetY, targetY),
  };
}
interface Point {
  x: number;
  y: number;
}

export const CallEdge = memo(function CallEdge(props: Props) {
  const callId = props.data?.callId ?? '';
  const call = useCall(callId);
  const lit = useLit(callId, call?.managerId ?? '');
  const colour = categoryOf(useOrdinal(call?.managerId ?? ''));
  const path = pathOf(props);
  if (!call) return null;
  const awarded = call.state === 'awarded';
  const classes = ['fedge', awarded ? 'awarded' : 'call', lit ? 'lit' : ''].join(' ');
  return <path d={path} className={classes} style={lit ? { stroke: colour } : undefined} />;
});

export const BidEdge = memo(function BidEdge(props: Props) {
  const { callId = '', agentId = '', quiet = false } = props.data ?? {};
  const call = useCall(callId);
  const lit = useLit(callId, agentId);
  const far = useIsMap();
  const labels = useHasLabels();
  const index = call?.dialogues.findIndex((one) => one.agentId === agentId) ?? -1;
  const dialogue = call?.dialogues[index];
  if (!call || !dialogue) return null;
  const refused = dialogue.refusal !== null;
  if (far && !lit && (refused || dialogue.proposal?.state !== 'live')) return null;
  const path = pathOf(props);
  const kind = kindOf(dialogue);
  const said = dialogueSentence(dialogue, call);
  const spot = spotOf(call, index);
  return (
    <g className="fhit">
      <path d={path} className={`fedge ${kind} ${lit ? 'lit' : ''}`} />
      {!far && <path d={path} className="fedge-hit" />}
      {!far && <title>{said}</title>}
      {labels && (lit || quiet) && dialogue.proposal && (
        <Label {...pointOf(props, spot)} kind={kind}>
          {creditsShort(dialogue.proposal.price)}
        </Label>
      )}
      {labels && lit && refused && (
        <Label {...pointOf(props, spot)} kind={kind}>
          {shorten(said)}
        </Label>
      )}
    </g>
  );
});

function kindOf({ proposal, refusal }: DialogueView): string {
  if (refusal) return 'refused';
  if (proposal?.state === 'live') return 'bid';
  return proposal?.state === 'accepted' ? 'awarded' : 'lost';
}
/** Bids of a call come from one row and part, bids on an offer come from many rows and meet. */
const spotOf = ({ direction }: CallView, index: number): number =>
  direction === 'offer' ? 0.15 : 0.3 + 0.11 * (index % 5);
const shorten = (text: string): string => (text.length > 18 ? `${text.slice(0, 17)}…` : text);

/** Its price stands beside the slot, where that does not say it itself. */
const AWARD_AT = 0.8;
/** An award younger than this arrives with a pulse. */
const FRESH_MS = 1_000;

export const AwardEdge = memo(function AwardEdge(props: Props) {
  const { callId = '', quiet = false } = props.data ?? {};
  const call = useCall(callId);
  const lease = useLease(call?.leaseId ?? null);
  const lit = useLit(callId, call?.managerId ?? '', lease?.contractorId ?? '', lease?.id ?? '');
  const far = useIsMap();
  const labels = useHasLabels();
  const path = pathOf(props);
  if (!call || !lease) return null;
  const over = lease.ended !== null;
  const said = isSlotHandle(props.targetHandleId);
  const fresh = !over && clock.now() - lease.awardedAt < FRESH_MS;
  const classes = [
    'fedge',
    'award',
    over ? 'over' : '',
    lit ? 'lit' : '',
    fresh && !far ? 'pulse' : '',
  ];
  return (
    <g className="fhit">
      <path d={path} className={classes.join(' ')} />
      {!far && <title>{awardTitle(call)}</title>}
      {labels && (lit || (quiet && !over && !said)) && (
        <Label {...pointOf(props, AWARD_AT)} kind="award">
          {creditsShort(lease.price)}
        </Label>
      )}
    </g>
  );
});

const awardTitle = (call: CallView): string => `Awarded: ${call.title}`;

export function Label({ x, y, kind, children }: LabelProps) {
  const width = children.length * 6.6 + 6;
  return (
    <>
      <rect
        x={x - width / 2}
        y={y - 8}
        width={width}
        height={16}
        rx={3}
        className="flabel-ground"
      />
      <text x={x} y={y + 4} className={`flabel ${kind}`} textAnchor="middle">
        {children}
      </text>
    </>
  );
}
interface LabelProps {
  x: number;
  y: number;
  kind: string;
  children: string;
}
