// One line that always tells how things stand.
import { CircleCheck, Command, OctagonAlert, PlugZap, Radio, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { useDerived, useLink, useMarket, useNow, useTotals } from '../mirror/hooks.ts';
import { readMarket } from '../mirror/link.ts';
import type { Model } from '../mirror/model.ts';
import { Tip } from '../ui/tip.tsx';
import { clockTime, count, credits, creditsExact, exactTime, shortHash } from '../words/format.ts';
import { stateSentence } from '../words/market.ts';
import { setPalette } from './view-store.ts';

const sentence = (model: Model): string => stateSentence(model, readMarket().demo.running);
const WATCHED = ['calls', 'resources', 'agents'] as const;

export function Strip() {
  const ready = useMarket((s) => s.ready);
  return (
    <header className="strip">
      <div className="strip-state">
        <div className="row">
          <LiveMark />
          <Clock />
          {/* A page has one name for those who cannot see it; its words stand in the rail. */}
          <h1 className="visually-hidden">Haggle</h1>
        </div>
        {ready ? <Sentence /> : <p className="faint cut">Waiting for the market…</p>}
      </div>
      {ready && <Figures />}
      <Connection />
      <Tip text="Find anything (Ctrl K)">
        <button
          type="button"
          className="icon-button"
          aria-label="Find anything"
          onClick={() => setPalette(true)}
        >
          <Command size={16} aria-hidden="true" />
        </button>
      </Tip>
    </header>
  );
}

const LIVE_TONES: Record<string, string> = { live: 'good', connecting: 'quiet' };

function LiveMark() {
  const state = useLink((s) => s.state);
  const manual = useMarket((s) => s.info?.clock === 'manual');
  return (
    <span className={`live-mark tone-${LIVE_TONES[state] ?? 'warn'}`}>
      <Radio size={14} aria-hidden="true" />
      {state === 'live' && (manual ? 'Live, manual clock' : 'Live')}
      {state === 'connecting' && 'Starting'}
      {state !== 'live' && state !== 'connecting' && 'Not live'}
    </span>
  );
}

function Clock() {
  const now = useNow(1000);
  return (
    <time className="muted" dateTime={exactTime(now)} title={exactTime(now)}>
      {clockTime(now)}
    </time>
  );
}

function Sentence() {
  const text = useDerived(WATCHED, sentence, 500);
  return (
    <p className="cut sentence" title={text}>
      {text}
    </p>
  );
}

function Figures() {
  const totals = useTotals();
  const seq = useMarket((s) => s.seq);
  const head = useMarket((s) => s.model.head);
  if (!totals) return null;
  return (
    <dl className="figures">
      <Figure name="Open calls">{count(totals.openCalls)}</Figure>
      <Figure name="Leases running">{count(totals.runningLeases)}</Figure>
      <Figure name="In circulation">
        <span title={creditsExact(totals.circulation)}>{credits(totals.circulation)}</span>
        <span className="faint"> cr</span>
      </Figure>
      <Figure name="Trial balance">
        <TrialBalance sum={totals.trialSum} />
      </Figure>
      <Figure name="Journal">
        <span title={`Head of the journal at event ${seq}: ${head}`}>
          {count(seq)} <code className="faint">{shortHash(head)}</code>
        </span>
      </Figure>
    </dl>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The signed sum of all accounts: nothing else than 0 is right. */
export function TrialBalance({ sum }: { sum: number }) {
  if (sum === 0) {
    return (
      <span className="state tone-good" title="The signed sum of all accounts is 0">
        <CircleCheck size={14} aria-hidden="true" /> 0.00
      </span>
    );
  }
  return (
    <span className="state tone-bad" title={creditsExact(sum)}>
      <OctagonAlert size={14} aria-hidden="true" /> off by {credits(sum)}
    </span>
  );
}

function Connection() {
  const state = useLink((s) => s.state);
  const events = useMarket((s) => s.info?.readOnly ?? false);
  const words = {
    connecting: 'Connecting',
    live: events ? 'Read only' : 'Connected',
    lost: 'Reconnecting',
    refused: 'Refused',
    failed: 'Host stopped',
  } as const;
  const good = state === 'live' || state === 'connecting';
  const Icon = good ? PlugZap : Unplug;
  return (
    <span className={`connection state ${good ? 'muted' : 'tone-warn'}`}>
      <Icon size={14} aria-hidden="true" />
      <span>{words[state]}</span>
    </span>
  );
}
