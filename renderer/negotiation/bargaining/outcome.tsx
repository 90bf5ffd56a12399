// What a bargaining came to, in figures: the deal, the prediction, and how the zone was divided.
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { Decimal } from '../../ui/values.tsx';
import { distanceSentence } from '../../words/bargaining.ts';
import { decimalCredits, percent } from '../../words/format.ts';
import { type Limits, ROLES, shareOf, type Step } from './course.ts';
import { apartWords } from './deeds.ts';
import { type BothSides, SideGlyph } from './sides.tsx';
import { distanceOf, predictionOf } from './theory.ts';

interface Props {
  doc: BargainingDoc;
  steps: readonly Step[];
  sides: BothSides;
  zone: Limits;
}

export function Outcome({ doc, steps, sides, zone }: Props) {
  const prediction = predictionOf(doc);
  const distance = distanceOf(doc);
  const apart = steps.at(-1)?.apart ?? null;
  return (
    <div className="outcome">
      <dl className="facts">
        <div>
          <dt>Zone of agreement</dt>
          <dd>
            <Decimal value={zone.contractor} /> to <Decimal value={zone.manager} /> cr
          </dd>
        </div>
        {prediction && (
          <div>
            <dt>{prediction.name}</dt>
            <dd>
              <Decimal value={prediction.price} /> cr
            </dd>
          </div>
        )}
        <div>
          <dt>Deal</dt>
          <dd>{doc.deal ? <Price doc={doc} /> : noDeal(doc, apart)}</dd>
        </div>
        {doc.deal &&
          doc.state === 'agreed' &&
          ROLES.map((role) => {
            const share = shareOf(doc.deal?.price ?? 0, role, zone);
            const gain = share * (zone.manager - zone.contractor);
            return (
              <div key={role}>
                <dt className="row">
                  <SideGlyph role={role} colour={sides[role].colour} />
                  <span className="cut">{sides[role].name} gains</span>
                </dt>
                <dd>
                  {decimalCredits(gain)} cr, {percent(share)}
                </dd>
              </div>
            );
          })}
      </dl>
      {distance && prediction && (
        <p>{distanceSentence(distance.apart, distance.part, prediction.name)}</p>
      )}
    </div>
  );
}

const Price = ({ doc }: { doc: BargainingDoc }) => (
  <>
    <Decimal value={doc.deal?.price ?? 0} /> cr
  </>
);

function noDeal(doc: BargainingDoc, apart: number | null): string {
  const words = apart === null ? '' : `; ${apartWords(apart)}`;
  return doc.state === 'running' ? `not yet${words}` : `none: nobody gains${words}`;
}
