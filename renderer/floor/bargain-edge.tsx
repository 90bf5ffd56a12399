// A bargaining: a double line whose gap closes as the two sides concede, with both prices while it
// is pointed at; dashed, with its reason, when it has ended without a deal.
import { memo } from 'react';
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import { useAgentName, useCall, useOrdinal } from '../mirror/hooks.ts';
import { categoryOf } from '../ui/colours.ts';
import { conflictSentence, conflictWords, standingSentence } from '../words/bargaining.ts';
import { amountsOf } from '../words/amounts.ts';
import { type Standing, standingOf, strand } from './double-line.ts';
import { type EdgeShape, Label, pathOf, pointOf, useHasLabels, useLit } from './edges.tsx';
import { useIsMap } from './nodes.tsx';

/** Pixels between the strands at the start, and how near they come. */
const [WIDE, NARROW] = [11, 2.5];
const LABEL_AT = 0.5;

export const BargainEdge = memo(function BargainEdge(props: EdgeShape) {
  const doc = useCall(props.data?.callId ?? '')?.bargaining;
  return doc ? <Known doc={doc} {...props} /> : null;
});

function Known({ doc, ...props }: EdgeShape & { doc: BargainingDoc }) {
  const callId = props.data?.callId ?? '';
  const lit = useLit(callId, doc.managerId, doc.contractorId);
  const far = useIsMap();
  const labels = useHasLabels();
  const manager = useAgentName(doc.managerId);
  const contractor = useAgentName(doc.contractorId);
  const standing = standingOf(doc);
  const over = doc.state === 'conflict';
  const sides = { manager, contractor };
  const said = over ? conflictSentence(doc, sides) : standingSentence(doc, sides, standing);
  return (
    <g className="fhit">
      <Strands {...props} doc={doc} standing={standing} lit={lit} far={far} />
      {!far && <path d={pathOf(props)} className="fedge-hit" />}
      {!far && <title>{said}</title>}
      {labels && !far && (
        <g className={over || lit ? 'fprices shown' : 'fprices'}>
          <Label {...pointOf(props, LABEL_AT)} kind={over ? 'conflict' : 'bargain'}>
            {over ? `no deal: ${conflictWords(doc)}` : pricesOf(doc, standing)}
          </Label>
        </g>
      )}
    </g>
  );
}

interface StrandsProps extends EdgeShape {
  doc: BargainingDoc;
  standing: Standing;
  lit: boolean;
  far: boolean;
}
function Strands({ doc, standing, lit, far, ...props }: StrandsProps) {
  const colours = [useOrdinal(doc.managerId), useOrdinal(doc.contractorId)].map(categoryOf);
  const bend = props.data?.bend ?? null;
  const over = doc.state === 'conflict' ? 'conflict' : '';
  const classes = ['fedge', 'bargain', over, lit ? 'lit' : ''].join(' ');
  // From far away two strands would be one; a call without a bend has no row to run along.
  if (far || !bend) return <path d={pathOf(props)} className={classes} />;
  const half = (NARROW + (WIDE - NARROW) * standing.gap) / 2;
  return [half, -half].map((offset, i) => (
    <path
      key={offset > 0 ? 'bid' : 'ask'}
      d={strand({ ...props, bend }, offset)}
      className={classes}
      style={lit && !over ? { stroke: colours[i] } : undefined}
    />
  ));
}

function pricesOf(doc: BargainingDoc, { bid, ask }: Standing): string {
  const { text } = amountsOf(doc);
  return [bid, ask].map((price) => (price === null ? '…' : text(price))).join(' – ');
}
