// The rounds as a table and as a file: the same values as the charts, exact.
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { saveText, toCsv } from '../../ui/csv.ts';
import { Scroll } from '../../ui/scroll.tsx';
import { Decimal } from '../../ui/values.tsx';
import { amountsOf } from '../../words/amounts.ts';
import { clockTime, exactTime, percent } from '../../words/format.ts';
import { type Issue, ISSUES, ROLES, shareOf, type Step, zoneOf } from './course.ts';
import { ISSUE_NAMES, issueWords } from './deeds.ts';
import { type BothSides, SideGlyph } from './sides.tsx';

interface Props {
  doc: BargainingDoc;
  steps: readonly Step[];
  sides: BothSides;
  lit: number;
}

const WORD: Record<BargainingRole, string> = { manager: 'bid', contractor: 'ask' };
const DEED = {
  opens: 'opens',
  concedes: 'concedes',
  repeats: 'repeats',
  retreats: 'takes back',
  adjusts: 'other terms',
  silent: 'silent',
  waits: 'waits',
} as const;

export function RoundsTable({ doc, steps, sides, lit }: Props) {
  const zone = zoneOf(doc);
  const { decimals } = amountsOf(doc);
  return (
    <Scroll className="rounds-table" label="Rounds">
      <table className="table">
        <thead>
          <tr>
            <th className="num">Round</th>
            <th>At</th>
            {ROLES.flatMap((role) => [
              <th key={role} className="num">
                {`${sides[role].name}, ${WORD[role]}, cr`}
              </th>,
              <th key={`${role} deed`}>Move</th>,
              ...(zone
                ? [
                    <th key={`${role} share`} className="num">
                      Its share
                    </th>,
                  ]
                : []),
            ])}
            <th className="num">Apart, cr</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, i) => (
            <tr key={step.round} className={i + 1 === lit ? 'lit' : ''}>
              <td className="num">{step.round}</td>
              <td className="faint">{clockTime(step.at)}</td>
              {ROLES.flatMap((role) => {
                const { offer, deed } = step[role];
                return [
                  <td key={role} className={deed === 'waits' ? 'num faint' : 'num'}>
                    {offer && <Decimal value={offer.price} decimals={decimals} />}
                  </td>,
                  <td key={`${role} deed`} className="faint">
                    {DEED[deed]}
                  </td>,
                  ...(zone
                    ? [
                        <td key={`${role} share`} className="num">
                          {offer && percent(shareOf(offer.price, role, zone))}
                        </td>,
                      ]
                    : []),
                ];
              })}
              <td className="num">
                {step.apart !== null && <Decimal value={step.apart} decimals={decimals} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface IssuesProps extends Props {
  issues: readonly Issue[];
}
/** The issues beside the price that were open, round by round and side by side. */
export function IssuesTable({ doc, steps, sides, lit, issues }: IssuesProps) {
  const amounts = amountsOf(doc);
  const { decimals } = amounts;
  const columns = ['Price, cr', ...issues.map((issue) => ISSUE_NAMES[issue])];
  return (
    <Scroll className="rounds-table" label="Offers on all issues">
      <table className="table">
        <thead>
          <tr>
            <th className="num" rowSpan={2}>
              Round
            </th>
            {ROLES.map((role) => (
              <th key={role} colSpan={columns.length} className="group">
                <span className="row">
                  <SideGlyph role={role} colour={sides[role].colour} /> {sides[role].name}
                </span>
              </th>
            ))}
          </tr>
          <tr className="second">
            {ROLES.flatMap((role) =>
              columns.map((name) => (
                <th key={`${role} ${name}`} className="num">
                  {name}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {steps.map((step, i) => (
            <tr key={step.round} className={i + 1 === lit ? 'lit' : ''}>
              <td className="num">{step.round}</td>
              {ROLES.flatMap((role) => {
                const { offer, deed } = step[role];
                const tone = deed === 'waits' ? 'num faint' : 'num';
                return [
                  <td key={role} className={tone}>
                    {offer && <Decimal value={offer.price} decimals={decimals} />}
                  </td>,
                  ...issues.map((issue) => (
                    <td key={`${role} ${issue}`} className={tone}>
                      {issueWords(offer, issue, amounts)}
                    </td>
                  )),
                ];
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Every round with both standing offers on all issues, for a spreadsheet. */
export function saveRounds(id: string, doc: BargainingDoc, steps: readonly Step[]): void {
  saveText(`${id}-rounds.csv`, roundsCsv(doc, steps));
}
function roundsCsv(doc: BargainingDoc, steps: readonly Step[]): string {
  const zone = zoneOf(doc);
  const head = ['round', 'at'];
  for (const role of ROLES) {
    head.push(...['price', 'deed', 'share', ...ISSUES].map((name) => `${role}.${name}`));
  }
  const rows = steps.map((step) => [
    step.round,
    exactTime(step.at),
    ...ROLES.flatMap((role) => {
      const { offer, deed } = step[role];
      const share = offer && zone ? shareOf(offer.price, role, zone) : null;
      return [offer?.price, deed, share, ...ISSUES.map((issue) => offer?.[issue])];
    }),
    step.apart,
  ]);
  return toCsv([...head, 'apart'], rows);
}
