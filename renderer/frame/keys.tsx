// Keys that work anywhere, and the list of them.
import { Dialog } from 'radix-ui';
import { useEffect } from 'react';
import { PAGE_NAMES } from './rail.tsx';
import { PAGES } from './route.ts';
import { goTo, select, setKeys, setPalette, useView, viewStore } from './view-store.ts';

const GROUPS: readonly { name: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    name: 'Everywhere',
    keys: [
      ['Ctrl K', 'Find anything: agents, conversations, leases, resources, actions'],
      ['/', 'Search on this page'],
      ['Esc', 'Close the inspector'],
      ['?', 'Show these keys'],
    ],
  },
  { name: 'Pages', keys: PAGES.map((page, i) => [String(i + 1), PAGE_NAMES[page].name]) },
  {
    name: 'Floor',
    keys: [
      ['Arrows', 'Go from node to node'],
      ['Enter', 'Show it in the inspector; a call opens its conversation'],
      ['+  −', 'Zoom in and out'],
      ['0', 'Show everything'],
    ],
  },
  {
    name: 'Lists',
    keys: [
      ['Arrows', 'Go from row to row'],
      ['Enter', 'Open it'],
    ],
  },
];

export function useKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setPalette(!viewStore.getState().paletteOpen);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('[role*="dialog"]')) return;
      if (act(event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function act(key: string): boolean {
  const page = PAGES[Number(key) - 1];
  if (page) goTo(page);
  else if (key === '?') setKeys(true);
  else if (key === '/') return focusSearch();
  else if (key === 'Escape' && viewStore.getState().route.selected !== null) select(null);
  else return false;
  return true;
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('.main input[type="search"]');
  field?.focus();
  field?.select();
  return field !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/u.test(target.tagName);
}

export function KeyTable() {
  return (
    <div className="key-table">
      {GROUPS.map(({ name, keys }) => (
        <section key={name}>
          <h3>{name}</h3>
          <dl>
            {keys.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd className="kbd">{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

export function KeysHelp() {
  const open = useView((s) => s.keysOpen);
  return (
    <Dialog.Root open={open} onOpenChange={setKeys}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog wide">
          <Dialog.Title asChild>
            <h2>Keys</h2>
          </Dialog.Title>
          <Dialog.Description className="text">
            Everything here can be done without a mouse.
          </Dialog.Description>
          <KeyTable />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
