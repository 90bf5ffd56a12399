// What can be done from anywhere, for the palette and for buttons that share it.
import type { DemoState } from '../../core/contract.ts';
import type { ResourceView } from '../../core/engine/view/model.ts';
import { ask, marketStore, readMarket } from '../mirror/link.ts';
import { report } from '../ui/notices.tsx';
import { isOwn } from '../words/market.ts';
import { PAGE_NAMES } from './rail.tsx';
import { PAGES } from './route.ts';
import type { Finding } from './search.ts';
import { goTo, setKeys, setTheme } from './view-store.ts';

export function startDemo(): Promise<void> {
  return report(turnDemo('start'), 'The demo swarm is starting.');
}
export function stopDemo(): Promise<void> {
  return report(turnDemo('stop'), 'The demo swarm is stopping.');
}
async function turnDemo(action: 'start' | 'stop'): Promise<void> {
  const { demo } = await ask<{ demo?: DemoState }>('POST', '/v1/demo', { action });
  if (demo) marketStore.setState({ demo });
}

/** Resources of this machine's own seller. */
export function ownResources(): ResourceView[] {
  const { model } = readMarket();
  return [...model.resources.values()].filter((resource) => isOwn(model, resource));
}
export function pauseSelling(paused: boolean): Promise<void> {
  const all = ownResources().filter((one) => one.paused !== paused);
  const work = Promise.all(all.map(({ id }) => ask('PUT', `/v1/resources/${id}`, { paused })));
  return report(work, paused ? 'Selling is paused; running leases go on.' : 'Selling goes on.');
}

interface Action extends Finding {
  run(): void;
}

/** The actions that make sense now. */
export function actions(): Action[] {
  const { demo } = readMarket();
  const own = ownResources();
  const action = (id: string, name: string, run: () => void, detail = ''): Action => ({
    id,
    group: 'Actions',
    name,
    detail,
    run,
  });
  return [
    demo.running
      ? action('stop-demo', 'Stop the demo', () => void stopDemo())
      : action('start-demo', 'Start the demo', () => void startDemo()),
    ...(own.some(({ paused }) => !paused)
      ? [action('pause', 'Pause selling', () => void pauseSelling(true))]
      : []),
    ...(own.some(({ paused }) => paused)
      ? [action('resume', 'Resume selling', () => void pauseSelling(false))]
      : []),
    action('stuck', 'Show only what is stuck', () => goTo('floor', null, { stuck: '1' })),
    action('light', 'Light theme', () => setTheme('light'), 'look'),
    action('dark', 'Dark theme', () => setTheme('dark'), 'look'),
    action('system', 'Theme of the system', () => setTheme('system'), 'look'),
    action('keys', 'Show all keys', () => setKeys(true)),
    ...PAGES.map((page) => ({
      ...action(`page-${page}`, PAGE_NAMES[page].name, () => goTo(page), PAGE_NAMES[page].what),
      group: 'Pages' as const,
    })),
  ];
}
