// What a bargaining came to, in figures: the deal, the prediction, and how the zone was divided.
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { Decimal } from '../../ui/values.tsx';
import { type Amounts, amountsOf } from '../../words/amounts.ts';
import { distanceSentence } from '../../words/bargaining.ts';
import { percent, toMicro } from '../../words/format.ts';
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
  const amounts = amountsOf(doc);
  const { decimals } = amounts;
  return (
    <div className="outcome">
      <dl className="facts">
        <div>
          <dt>Zone of agreement</dt>
          <dd>
            <Decimal value={zone.contractor} decimals={decimals} /> to{' '}
            <Decimal value={zone.manager} decimals={decimals} /> cr
          </dd>
        </div>
        {prediction && (
          <div>
            <dt>{prediction.name}</dt>
            <dd>
              <Decimal value={prediction.price} decimals={decimals} /> cr
            </dd>
          </div>
        )}
        <div>
          <dt>Deal</dt>
          <dd>
            {doc.deal ? (
              <>
                <Decimal value={doc.deal.price} decimals={decimals} /> cr
              </>
            ) : (
              noDeal(doc, apart, amounts)
            )}
          </dd>
        </div>
        {doc.deal &&
          doc.state === 'agreed' &&
          ROLES.map((role) => {
            const share = shareOf(doc.deal?.price ?? 0, role, zone);
            const gain = toMicro(share * (zone.manager - zone.contractor)) / 1e6;
            return (
              <div key={role}>
                <dt className="row">
                  <SideGlyph role={role} colour={sides[role].colour} />
                  <span className="cut">{sides[role].name} gains</span>
                </dt>
                <dd>
                  <Decimal value={gain} decimals={decimals} /> cr, {percent(share)}
                </dd>
              </div>
            );
          })}
      </dl>
      {distance && prediction && <p>{distanceSentence(distance, prediction.name, amounts)}</p>}
    </div>
  );
}

function noDeal(doc: BargainingDoc, apart: number | null, amounts: Amounts): string {
  const words = apart === null ? '' : `; ${apartWords(apart, amounts)}`;
  return doc.state === 'running' ? `not yet${words}` : `none: nobody gains${words}`;
}
