// Nothing to show yet, and nothing coming: what happened, what is kept, what to do.
import { RefreshCw, Unplug } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ShellInfo } from '../../core/contract.ts';
import { useLink } from '../mirror/hooks.ts';
import { retryNow } from '../mirror/link.ts';

const REASONS = {
  refused: {
    title: 'This page has no key to the host',
    what: 'The host answers only to an address that carries its token, and this one does not.',
    todo: 'Open the address that Haggle printed when it started, or start it again:',
    command: 'npm start',
  },
  lost: {
    title: 'The host does not answer',
    what: 'It has stopped, or has not started yet. This page tries again by itself.',
    todo: 'If it does not come back, start it again:',
    command: 'npm start',
  },
  failed: {
    title: 'The host has stopped',
    what: 'It was started again several times and ended each time, so restarting was given up.',
    todo: 'Start it once more. If it ends again, its last words are:',
    command: '',
  },
} as const;

export function Failing() {
  const state = useLink((s) => s.state);
  const shell = useLink((s) => s.shell);
  const info = useShellInfo();
  const reason = REASONS[state === 'refused' || state === 'failed' ? state : 'lost'];
  const said = state === 'failed' ? (shell?.message ?? 'none') : reason.command;
  return (
    <section className="failing" aria-labelledby="failing-title" role="alert">
      <Unplug size={28} strokeWidth={1.5} className="tone-warn" aria-hidden="true" />
      <h2 id="failing-title">{reason.title}</h2>
      <p>{reason.what}</p>
      <p>
        Nothing is lost: every command that was acknowledged is in the journal
        {info ? (
          <>
            {' '}
            in <code>{info.dataDir}</code>
          </>
        ) : (
          ' on disk'
        )}
        , and the market goes on from there.
      </p>
      <p>{reason.todo}</p>
      {said && <pre>{said}</pre>}
      {state !== 'refused' && (
        <button type="button" className="button primary" onClick={retryNow}>
          <RefreshCw size={14} aria-hidden="true" />
          {state === 'failed' ? 'Restart the host' : 'Try now'}
        </button>
      )}
    </section>
  );
}

/** What the shell knows about this installation; null in a browser. */
export function useShellInfo(): ShellInfo | null {
  const [info, setInfo] = useState<ShellInfo | null>(null);
  useEffect(() => {
    let shown = true;
    void window.haggle?.info().then((found) => {
      if (shown) setInfo(found);
    });
    return () => {
      shown = false;
    };
  }, []);
  return info;
}
