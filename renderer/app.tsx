import { Tooltip } from 'radix-ui';
import { type ComponentType, lazy, Suspense } from 'react';
import { Announcer } from './frame/announcer.tsx';
import { Banners } from './frame/banners.tsx';
import { ErrorWall } from './frame/error-wall.tsx';
import { Failing } from './frame/failing.tsx';
import { Inspector } from './frame/inspector.tsx';
import { KeysHelp, useKeys } from './frame/keys.tsx';
import { PageSkeleton } from './frame/page-skeleton.tsx';
import { Rail } from './frame/rail.tsx';
import type { Page } from './frame/route.ts';
import { Strip } from './frame/strip.tsx';
import { useView } from './frame/view-store.ts';
import { useLink, useMarket } from './mirror/hooks.ts';
import { Notices } from './ui/notices.tsx';

// The shell is painted first; every page, and what only it needs, comes when it is looked at.
const PAGES: Record<Page, ComponentType> = {
  floor: lazy(async () => ({ default: (await import('./floor/page.tsx')).FloorPage })),
  negotiation: lazy(async () => ({
    default: (await import('./negotiation/page.tsx')).NegotiationPage,
  })),
  machine: lazy(async () => ({ default: (await import('./machine/page.tsx')).MachinePage })),
  bank: lazy(async () => ({ default: (await import('./bank/page.tsx')).BankPage })),
  settings: lazy(async () => ({ default: (await import('./settings/page.tsx')).SettingsPage })),
};
const Palette = lazy(async () => ({ default: (await import('./frame/palette.tsx')).Palette }));

export function App() {
  useKeys();
  const page = useView((s) => s.route.page);
  const selected = useView((s) => s.route.selected);
  const paletteOpen = useView((s) => s.paletteOpen);
  return (
    <Tooltip.Provider delayDuration={300} skipDelayDuration={200}>
      <div className="frame" data-inspector={selected !== null || undefined}>
        <a className="skip-link" href="#main" onClick={skipToMain}>
          Skip to the page
        </a>
        <Rail />
        <Strip />
        <main className="main" id="main" tabIndex={-1}>
          <Banners />
          <ErrorWall key={page}>
            <Body page={page} />
          </ErrorWall>
        </main>
        {selected !== null && <Inspector id={selected} />}
      </div>
      <Suspense>{paletteOpen && <Palette />}</Suspense>
      <KeysHelp />
      <Announcer />
      <Notices />
    </Tooltip.Provider>
  );
}

function Body({ page }: { page: Page }) {
  const ready = useMarket((s) => s.ready);
  const link = useLink((s) => s.state);
  const Shown = PAGES[page];
  if (!ready && link !== 'connecting' && page !== 'settings') return <Failing />;
  if (!ready && page !== 'settings') return <PageSkeleton page={page} label="Loading the market" />;
  return (
    <Suspense fallback={<PageSkeleton page={page} label="Loading the page" />}>
      <Shown />
    </Suspense>
  );
}

/** A fragment of its own would be taken for a route. */
function skipToMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
