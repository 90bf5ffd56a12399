// Ctrl K: one field that finds everything and does it.
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { Fragment, useId, useMemo, useRef, useState } from 'react';
import { readMarket } from '../mirror/link.ts';
import { LIST_BOX, option } from '../ui/roles.ts';
import { AgentDot } from '../ui/things.tsx';
import { actions } from './actions.ts';
import { type Finding, search } from './search.ts';
import { openCall, select, setPalette, viewStore } from './view-store.ts';

/** Opens what was found: a conversation on its page, other things in the inspector. */
function open(finding: Finding): void {
  setPalette(false);
  const action = actions().find(({ id }) => id === finding.id);
  if (action) action.run();
  else if (finding.group === 'Conversations') openCall(finding.id);
  else select(finding.id);
}

export function Palette() {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [fixed] = useState(actions);
  const found = useMemo(() => search(readMarket().model, query, fixed), [query, fixed]);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const chosen = Math.min(at, found.length - 1);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const target = found[chosen];
    if (step !== undefined) {
      const next = (chosen + step + found.length) % Math.max(1, found.length);
      setAt(next);
      list.current?.querySelector(`[data-at="${next}"]`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && target) open(target);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open={viewStore.getState().paletteOpen} onOpenChange={setPalette}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">Find anything</Dialog.Title>
          <div className="palette-field">
            <Search size={16} aria-hidden="true" />
            <input
              role="combobox"
              aria-expanded="true"
              aria-controls={listId}
              aria-activedescendant={found[chosen] ? `${listId}-${chosen}` : undefined}
              aria-label="Find agents, conversations, leases, resources and actions"
              placeholder="Find agents, conversations, leases, resources, actions"
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <Findings ref={list} id={listId} found={found} chosen={chosen} query={query} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Findings({
  ref,
  id,
  found,
  chosen,
  query,
}: {
  ref: React.Ref<HTMLDivElement>;
  id: string;
  found: readonly Finding[];
  chosen: number;
  query: string;
}) {
  return (
    <div className="palette-list" {...LIST_BOX} id={id} ref={ref} aria-label="Found">
      {found.length === 0 && <p className="empty-note">Nothing is called “{query}”.</p>}
      {found.map((finding, i) => (
        <Fragment key={`${finding.group} ${finding.id}`}>
          {found[i - 1]?.group !== finding.group && (
            <div className="eyebrow" role="presentation">
              {finding.group}
            </div>
          )}
          <button
            type="button"
            {...option(i === chosen)}
            id={`${id}-${i}`}
            data-at={i}
            className="palette-item"
            onClick={() => open(finding)}
          >
            <span className="agent grow">
              {finding.agentId && <AgentDot id={finding.agentId} />}
              <span className="cut">{finding.name}</span>
            </span>
            <span className="faint small cut">{finding.detail}</span>
          </button>
        </Fragment>
      ))}
    </div>
  );
}
