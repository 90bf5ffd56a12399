// The bargaining as it was said, one row a round, in step with the curve beside it.
import { useEffect, useRef } from 'react';
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { useNow } from '../../mirror/hooks.ts';
import { StateWord } from '../../ui/icons.tsx';
import { Decimal } from '../../ui/values.tsx';
import { type Amounts, amountsOf } from '../../words/amounts.ts';
import { bargainingSentence } from '../../words/bargaining.ts';
import { clockTime, exactTime } from '../../words/format.ts';
import { bargainingState } from '../../words/states.ts';
import { ROLES, type Stand, type Step } from './course.ts';
import { moveWords, VERB } from './deeds.ts';
import { type BothSides, namesOf, type Side, SideGlyph } from './sides.tsx';

interface Props {
  doc: BargainingDoc;
  steps: readonly Step[];
  sides: BothSides;
  /** The round that the rows stand at, and the one that is highlighted. */
  round: number;
  lit: number;
  onHover(round: number | null): void;
  onChoose(round: number): void;
}

const KEYS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export function Transcript({ doc, steps, sides, round, lit, onHover, onChoose }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const amounts = amountsOf(doc);
  useEffect(() => {
    const row = list.current?.children[lit - 1];
    if (list.current && row instanceof HTMLElement) bringIntoView(list.current, row);
  }, [lit]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = KEYS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = Math.min(steps.length, Math.max(1, round + by));
    onChoose(to);
    list.current?.children[to - 1]?.querySelector('button')?.focus({ preventScroll: true });
  };
  return (
    <ol
      className="transcript"
      ref={list}
      style={{ '--move-width': `${amounts.decimals + 4}ch` } as React.CSSProperties}
    >
      {steps.map((step, i) => (
        <Row
          key={step.round}
          step={step}
          sides={sides}
          amounts={amounts}
          lit={i + 1 === lit}
          entry={i + 1 === round}
          ahead={i + 1 > round}
          onHover={(over) => onHover(over ? i + 1 : null)}
          onChoose={() => onChoose(i + 1)}
          onKeyDown={onKeyDown}
        />
      ))}
      <Ending doc={doc} sides={sides} ahead={round < steps.length} />
    </ol>
  );
}

/** Scrolls the list alone: the page must not move under the reader. */
function bringIntoView(list: HTMLElement, row: HTMLElement): void {
  const top = row.offsetTop;
  // The row after it comes into sight too: the next round, or how it ended.
  const after = row.nextElementSibling instanceof HTMLElement ? row.nextElementSibling : row;
  const below = after.offsetTop + after.offsetHeight;
  if (top < list.scrollTop) list.scrollTo({ top });
  else if (below > list.scrollTop + list.clientHeight) {
    list.scrollTo({ top: below - list.clientHeight });
  }
}

interface RowProps {
  step: Step;
  sides: BothSides;
  amounts: Amounts;
  lit: boolean;
  /** The row that takes the Tab key. */
  entry: boolean;
  ahead: boolean;
  onHover(over: boolean): void;
  onChoose(): void;
  onKeyDown(event: React.KeyboardEvent): void;
}

function Row(props: RowProps) {
  const { step, sides, amounts, lit, entry, ahead, onHover, onChoose, onKeyDown } = props;
  return (
    <li data-ahead={ahead || undefined}>
      <button
        type="button"
        aria-current={lit ? 'step' : undefined}
        tabIndex={entry ? 0 : -1}
        onMouseEnter={() => onHover(true)}
        onMouseLeave={() => onHover(false)}
        onClick={onChoose}
        onKeyDown={onKeyDown}
      >
        <span className="transcript-round">
          <strong>
            <span className="visually-hidden">Round </span>
            {step.round}
          </strong>
          <time className="small faint" dateTime={exactTime(step.at)} title={exactTime(step.at)}>
            {clockTime(step.at)}
          </time>
        </span>
        <span className="grow">
          {ROLES.map((role) => (
            <Line key={role} role={role} stand={step[role]} side={sides[role]} amounts={amounts} />
          ))}
        </span>
      </button>
    </li>
  );
}

interface LineProps {
  role: BargainingRole;
  stand: Stand;
  side: Side;
  amounts: Amounts;
}
function Line({ role, stand, side, amounts }: LineProps) {
  if (stand.deed === 'waits') return null;
  return (
    <span className="transcript-line">
      <SideGlyph role={role} colour={side.colour} />
      <span className="cut">{side.name}</span>
      <span className="visually-hidden">{VERB[role]} </span>
      <span className="num">
        {stand.offer && <Decimal value={stand.offer.price} decimals={amounts.decimals} />}
      </span>
      <span className="num muted">{moveWords(stand, role, amounts)}</span>
      {stand.message !== '' && <q className="small muted">{stand.message}</q>}
    </span>
  );
}

function Ending({ doc, sides, ahead }: { doc: BargainingDoc; sides: BothSides; ahead: boolean }) {
  const now = useNow(1000);
  return (
    <li className="transcript-end" data-ahead={ahead || undefined}>
      <StateWord state={bargainingState(doc)} />
      <p>{bargainingSentence(doc, namesOf(sides), now)}</p>
    </li>
  );
}
