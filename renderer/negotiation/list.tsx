// The conversations, newest first: a long list of links, of which only those in sight exist.
import { ArrowUp, Search } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import type { CallView } from '../../core/engine/view/model.ts';
import { goTo, hrefTo, setParam, useParam, useRoute } from '../frame/view-store.ts';
import { useAgentName, useCall, useDerived, useLease } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';
import { MarkIcon, StateWord } from '../ui/icons.tsx';
import { AgentDot } from '../ui/things.tsx';
import { useWindow } from '../ui/use-window.ts';
import { Ago } from '../ui/values.tsx';
import { conflictWords, protocolName } from '../words/bargaining.ts';
import { count, counted, creditsInWords, toMicro } from '../words/format.ts';
import { bargainingState, callState } from '../words/states.ts';
import { findCalls, type Group, groupOf, GROUPS, inGroup } from './find.ts';

const WATCHED = ['calls'] as const;
const ROW = 60;
const GROUP_NAMES: Record<Group, string> = {
  all: 'All states',
  live: 'Not ended yet',
  bargained: 'Bargained',
  awarded: 'Awarded',
  unawarded: 'No award',
  ended: 'Cancelled or failed',
};

export function ConversationList({ chosen }: { chosen: string | null }) {
  const query = useParam('q');
  const group = groupOf(useParam('state'));
  const find = useCallback((model: Model) => findCalls(model, query, group), [query, group]);
  const calls = useDerived(WATCHED, find, 400);
  return (
    <nav className="conversations" aria-label="Conversations">
      <search className="list-tools">
        <label className="search grow">
          <Search size={14} aria-hidden="true" />
          <input
            type="search"
            className="field"
            placeholder="Title, project, agent"
            aria-label="Search conversations"
            value={query}
            onChange={(event) => setParam('q', event.target.value)}
          />
        </label>
        <select
          className="field"
          aria-label="State"
          value={group}
          onChange={(event) => setParam('state', groupParam(event.target.value))}
        >
          {GROUPS.map((one) => (
            <option key={one} value={one}>
              {GROUP_NAMES[one]}
            </option>
          ))}
        </select>
      </search>
      <div className="list-count row">
        <p className="small faint grow">{counted(calls.length, 'conversation')}, newest first</p>
        <BargainedToggle on={group === 'bargained'} />
      </div>
      {calls.length === 0 ? (
        <p className="empty-note">{emptyNote(query !== '' || group !== 'all')}</p>
      ) : (
        <List key={`${group} ${query}`} calls={calls} chosen={chosen} />
      )}
    </nav>
  );
}

const bargainedCalls = (model: Model): number => {
  let n = 0;
  for (const call of model.calls.values()) if (inGroup(call, 'bargained')) n += 1;
  return n;
};
/** The calls that this page is about, one click away however many others there are. */
function BargainedToggle({ on }: { on: boolean }) {
  const n = useDerived(WATCHED, bargainedCalls, 400);
  return (
    <button
      type="button"
      className="button small"
      aria-pressed={on}
      onClick={() => setParam('state', on ? '' : 'bargained')}
    >
      <MarkIcon mark="bargaining" size={13} /> Bargained {count(n)}
    </button>
  );
}

const groupParam = (group: string): string => (group === 'all' ? '' : group);
const emptyNote = (filtered: boolean): string =>
  filtered
    ? 'No conversation matches. Clear the search to see all.'
    : 'No conversation yet. The first call for proposals will appear here.';

/**
 * While a person reads further down, newcomers wait above: the list must not move under the eyes.
 * `since` is the newest id when the reading began.
 */
function heldBack(calls: readonly CallView[], since: string | null): readonly CallView[] {
  return since === null ? calls : calls.filter(({ id }) => id <= since);
}

interface ListProps {
  calls: readonly CallView[];
  chosen: string | null;
}

function List({ calls, chosen }: ListProps) {
  const { params } = useRoute();
  const [since, setSince] = useState<string | null>(null);
  const shown = heldBack(calls, since);
  const scroller = useRef<HTMLDivElement>(null);
  const { range, height } = useWindow(scroller, shown.length, ROW);
  const visible = shown.slice(range.first, range.end);
  // One of the rows takes the Tab key: the chosen one while it is in sight, else the first.
  const entry = visible.some(({ id }) => id === chosen) ? chosen : (visible[0]?.id ?? null);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = shown.findIndex(({ id }) => id === chosen);
    const next = Math.min(shown.length - 1, Math.max(0, at + step));
    const id = shown[next]?.id;
    if (id) goTo('negotiation', id, params);
    if (scroller.current) bringIntoView(scroller.current, next);
  };
  return (
    <>
      {calls.length > shown.length && (
        <button
          type="button"
          className="button small newer"
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
        >
          <ArrowUp size={12} aria-hidden="true" /> {count(calls.length - shown.length)} newer
        </button>
      )}
      <div
        className="conversation-rows"
        ref={scroller}
        onScroll={(event) => {
          const reading = event.currentTarget.scrollTop > 4;
          setSince((before) => (reading ? (before ?? calls[0]?.id ?? null) : null));
        }}
      >
        <ol style={{ height }}>
          {visible.map(({ id }, i) => (
            <Row
              key={id}
              id={id}
              chosen={id === chosen}
              entry={id === entry}
              top={(range.first + i) * ROW}
              onKeyDown={onKeyDown}
            />
          ))}
        </ol>
      </div>
    </>
  );
}

function bringIntoView(scroller: HTMLElement, index: number): void {
  const top = index * ROW;
  const { scrollTop, clientHeight } = scroller;
  if (top < scrollTop) scroller.scrollTo({ top });
  else if (top + ROW > scrollTop + clientHeight)
    scroller.scrollTo({ top: top + ROW - clientHeight });
}

interface RowProps {
  chosen: boolean;
  entry: boolean;
  top: number;
  onKeyDown(event: React.KeyboardEvent): void;
}

function Row({ id, ...props }: RowProps & { id: string }) {
  const call = useCall(id);
  return call ? <KnownRow call={call} {...props} /> : null;
}

function KnownRow({ call, chosen, entry, top, onKeyDown }: RowProps & { call: CallView }) {
  const manager = useAgentName(call.managerId);
  const lease = useLease(call.leaseId);
  const price = lease ? 'for' : call.direction === 'offer' ? 'from' : 'up to';
  const { params } = useRoute();
  const bids = call.dialogues.filter(({ proposal }) => proposal !== null).length;
  const focusIfMoved = (element: HTMLAnchorElement | null) => {
    // The arrow keys choose; the focus follows when it was in this list.
    if (chosen && document.activeElement?.closest('.conversation-rows')) {
      element?.focus({ preventScroll: true });
    }
  };
  return (
    <li className="conversation-row" style={{ transform: `translateY(${top}px)`, height: ROW }}>
      <a
        ref={focusIfMoved}
        href={hrefTo('negotiation', call.id, params)}
        tabIndex={entry ? 0 : -1}
        aria-current={chosen ? 'true' : undefined}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          goTo('negotiation', call.id, params);
        }}
      >
        <span className="row">
          <span className="cut grow title">{call.title}</span>
          <StateWord state={callState(call)} />
        </span>
        <span className="row small faint">
          <span className="agent grow">
            <AgentDot id={call.managerId} />
            <span className="cut">{manager}</span>
          </span>
          {call.bargaining ? (
            <BargainedPart doc={call.bargaining} />
          ) : (
            <span>
              {bids > 0 && `${counted(bids, 'bid')}, `}
              {price} {creditsInWords(lease?.price ?? call.limitPrice)}
            </span>
          )}
          <Ago at={call.openedAt} />
        </span>
      </a>
    </li>
  );
}

/** Where a bargaining stands or how it ended, with the mark that tells these calls from others. */
function BargainedPart({ doc }: { doc: BargainingDoc }) {
  const turn = useAgentName((doc.turn === null ? null : doc[`${doc.turn}Id`]) ?? '');
  return (
    <span
      className="bargained"
      title={`${protocolName(doc)}, round ${doc.round} of at most ${doc.roundsMax}`}
    >
      <MarkIcon mark={bargainingState(doc).mark} size={12} />
      <span className="cut">{bargainedWords(doc, turn)}</span>
    </span>
  );
}
function bargainedWords(doc: BargainingDoc, turn: string): string {
  if (doc.state === 'running')
    return turn ? `${turn}’s turn` : `round ${doc.round}, both may offer`;
  if (doc.state === 'conflict' || !doc.deal) return `bargained: ${conflictWords(doc)}`;
  return `bargained, ${creditsInWords(toMicro(doc.deal.price))}`;
}
