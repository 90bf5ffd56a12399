// What needs a person, above the page and in words: what happened, what was kept, what to do.
import { OctagonAlert, RefreshCw, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLink, useMarket, useTotals } from '../mirror/hooks.ts';
import { retryNow } from '../mirror/link.ts';
import { clockTime, creditsExact } from '../words/format.ts';
import { hrefTo } from './view-store.ts';

export function Banners() {
  const ready = useMarket((s) => s.ready);
  const link = useLink((s) => s.state);
  const since = useLink((s) => s.since);
  const full = useMarket((s) => s.storageFull);
  const dataDir = useMarket((s) => s.info?.dataDir ?? '');
  const sum = useTotals()?.trialSum ?? 0;
  return (
    <>
      {ready && link !== 'live' && <Offline failed={link === 'failed'} since={since} />}
      {full && (
        <Banner tone="bad" icon={<OctagonAlert size={16} aria-hidden="true" />}>
          <strong>The disk is full.</strong> Nothing new is accepted; everything acknowledged is
          kept. Free some space on the disk of <code>{dataDir}</code>: Haggle goes on by itself.
        </Banner>
      )}
      {sum !== 0 && (
        <Banner tone="bad" icon={<OctagonAlert size={16} aria-hidden="true" />}>
          <strong>The ledger does not add to zero.</strong> It is off by {creditsExact(sum)}. Stop
          trading and keep the data directory as it is.{' '}
          <a className="link" href={hrefTo('bank')}>
            Open the bank
          </a>
        </Banner>
      )}
    </>
  );
}

function Offline({ failed, since }: { failed: boolean; since: number }) {
  return (
    <Banner
      tone={failed ? 'bad' : 'warn'}
      icon={<Unplug size={16} aria-hidden="true" />}
      action={
        <button type="button" className="button small" onClick={retryNow}>
          <RefreshCw size={13} aria-hidden="true" />
          {failed ? 'Restart the host' : 'Try now'}
        </button>
      }
    >
      <strong>{failed ? 'The host has stopped.' : 'The host is out of reach.'}</strong> This is the
      state of {clockTime(since)}; what was acknowledged is kept on disk.{' '}
      {failed ? 'Restarting was given up after several tries.' : 'Trying again.'}
    </Banner>
  );
}

function Banner({
  tone,
  icon,
  action,
  children,
}: {
  tone: 'warn' | 'bad';
  icon: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={`banner ${tone}`} role="alert">
      {icon}
      <p className="grow">{children}</p>
      {action}
    </div>
  );
}
