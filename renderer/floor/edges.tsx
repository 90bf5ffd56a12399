// Calls thin, proposals with their price, awards thick with a short pulse, refusals dashed with
// their reason.
import { type EdgeProps, getBezierPath, useStore } from '@xyflow/react';
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

type Props = EdgeProps<FloorEdge>;

/** From here on prices can be read. */
const LABEL_ZOOM = 0.62;
const useHasLabels = (): boolean => useStore((s) => s.transform[2] >= LABEL_ZOOM);

/** Pointed at, walked to, or shown in the inspector. */
function useLit(callId: string, ...agents: string[]): boolean {
  const floor = useFloor((s) => s.lit === callId);
  const chosen = useView((s) => {
    const { selected } = s.route;
    return selected !== null && (selected === callId || agents.includes(selected));
  });
  return floor || chosen;
}

function pathOf(props: Props): string {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition };
  return getBezierPath({ ...ends, curvature: 0.5 })[0];
}

/** A point of the curve, 0 at its source: labels keep apart where many edges meet. */
function pointOf(
  { sourceX, sourceY, targetX, targetY }: Props,
  t: number,
): { x: number; y: number } {
  const bend = (targetX - sourceX) / 2;
  const u = 1 - t;
  const mix = (a: number, b: number, c: number, d: number): number =>
    u ** 3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t ** 3 * d;
  return {
    x: mix(sourceX, sourceX + bend, targetX - bend, targetX),
    y: mix(sourceY, sourceY, targetY, targetY),
  };
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
  const spot = 0.3 + 0.11 * (index % 5);
  return (
    <g className="fhit">
      <path d={path} className={`fedge ${kind} ${lit ? 'lit' : ''}`} />
      {!far && <path d={path} className="fedge-hit" />}
      {!far && <title>{said}</title>}
      {labels && (quiet || lit) && dialogue.proposal && (
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
const shorten = (text: string): string => (text.length > 44 ? `${text.slice(0, 43)}…` : text);

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
      {labels && (quiet || lit) && (
        <Label {...pointOf(props, 0.2)} kind="award">
          {creditsShort(lease.price)}
        </Label>
      )}
    </g>
  );
});

const awardTitle = (call: CallView): string => `Awarded: ${call.title}`;

function Label({ x, y, kind, children }: LabelProps) {
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
