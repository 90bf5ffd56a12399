// How bargaining strategies fare against each other: a tournament of the lab, run on demand.
import { Download, Play } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { saveText, toCsv } from '../../ui/csv.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { counted } from '../../words/format.ts';
import { notWorse, type Tournament } from './run.ts';
import { StrategyTable } from './table.tsx';
import { runTournament, stopWaiting, type TournamentState, tournamentStore } from './store.ts';
import './strategies.css';

const SEED_MAX = 4_294_967_295;

export function Strategies() {
  const now = useStore(tournamentStore, (s) => s.now);
  const kept = now.state === 'idle' ? null : now.kept;
  return (
    <>
      <header className="strategies-head">
        <div className="grow">
          <h2>Which way of bargaining pays</h2>
          <p className="muted">
            Every strategy meets every other one on the same cases, as buyer and as seller, under
            both protocols. Bars are mean utilities, whiskers 95 % confidence intervals.
          </p>
        </div>
        <RunForm running={now.state === 'running'} />
        <button
          type="button"
          className="button plain"
          disabled={kept === null}
          onClick={() => kept && save(kept)}
        >
          <Download size={14} aria-hidden="true" /> CSV
        </button>
      </header>
      <Progress now={now} />
      {kept && <Full tournament={kept} />}
      {now.state === 'running' && !kept && <Skeleton label="Running the tournament" lines={9} />}
      {now.state === 'idle' && <Idle />}
    </>
  );
}

function RunForm({ running }: { running: boolean }) {
  const [text, setText] = useState('1');
  const seed = /^\d{1,10}$/u.test(text) ? Number(text) : NaN;
  const fits = seed <= SEED_MAX;
  const run = (event: FormEvent) => {
    event.preventDefault();
    if (fits && !running) void runTournament(seed);
  };
  return (
    <form className="run-form" onSubmit={run}>
      <label className="row">
        <span className="muted">Seed</span>
        <input
          className="field"
          inputMode="numeric"
          value={text}
          aria-invalid={!fits}
          title={`A whole number from 0 to ${SEED_MAX}: the same seed plays the same games`}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {running ? (
        <button type="button" className="button" onClick={stopWaiting}>
          Stop waiting
        </button>
      ) : (
        <button type="submit" className="button primary" disabled={!fits}>
          <Play size={14} aria-hidden="true" /> Run the tournament
        </button>
      )}
    </form>
  );
}

function Progress({ now }: { now: TournamentState }) {
  if (now.state === 'running') return <Elapsed since={now.since} />;
  if (now.state !== 'failed') return null;
  return (
    <p className="strategies-note problem" role="alert">
      The tournament did not finish: {now.problem}{' '}
      <span className="muted">
        {now.kept ? 'Below is the run before.' : 'Nothing was lost; run it again.'}
      </span>
    </p>
  );
}

function Elapsed({ since }: { since: number }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 250);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <p className="strategies-note">
      <strong>The lab is playing the games.</strong>{' '}
      <span className="muted">{seconds} s so far. The market goes on meanwhile.</span>
    </p>
  );
}

const FIGURES = [
  [
    'Utility',
    'the part of the zone of agreement that it got on average, after the costs of waiting.',
  ],
  ['Deals', 'how often it came to terms: hard bargainers lose some.'],
  ['Rounds', 'how long that took: meanwhile the capacity stands idle.'],
  ['From Nash', 'how far its outcomes lie from the even split, in parts of the zone.'],
] as const;

function Idle() {
  return (
    <div className="strategies-idle">
      <h3>How to read it</h3>
      <figure aria-label="A drawing: two bars with whiskers that overlap, and a shorter third.">
        <svg viewBox="0 0 560 132" aria-hidden="true">
          {DRAWN.map(({ y, mean, half }) => (
            <g key={y}>
              <rect x={20} y={y} width={mean} height={16} rx={2} />
              <path d={`M${20 + mean - half} ${y + 8}h${half * 2}m0 -7v14m${-half * 2} 0v-14`} />
            </g>
          ))}
          <path d="M372 22h14v44h-14" className="brace" />
          <text x={396} y={40}>
            whiskers overlap: their
          </text>
          <text x={396} y={56}>
            order is not certain
          </text>
          <text x={276} y={107}>
            earns clearly less
          </text>
        </svg>
      </figure>
      <dl>
        {FIGURES.map(([name, what]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="muted">{what}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        No tournament has been run yet. It uses no credits and touches no lease; the same seed gives
        the same table.
      </p>
    </div>
  );
}
const DRAWN = [
  { y: 14, mean: 316, half: 22 },
  { y: 54, mean: 300, half: 26 },
  { y: 94, mean: 210, half: 18 },
] as const;

function Full({ tournament }: { tournament: Tournament }) {
  const { rows, checks, seed } = tournament;
  const level = notWorse(rows);
  const failed = checks.filter(({ ok }) => !ok);
  return (
    <>
      <StrategyTable rows={rows} level={level} />
      <p className="strategies-note small faint">
        {counted(rows.length, 'strategy', 'strategies')}, seed {seed}. {levelSentence(level)}{' '}
        {checks.length > 0 &&
          failed.length === 0 &&
          `${counted(checks.length, 'check holds', 'checks hold')} against known values.`}
        {failed.length > 0 && (
          <span className="tone-warn">
            {failed.length} of {counted(checks.length, 'check')} failed:{' '}
            {failed.map(({ name }) => name).join(', ')}.
          </span>
        )}
      </p>
    </>
  );
}

function levelSentence(level: ReadonlySet<string>): string {
  const [best] = level;
  if (level.size === 1 && best) return `${best} is ahead beyond its interval.`;
  return `The intervals of the best ${level.size} overlap: their order is not certain.`;
}

function save({ rows, seed }: Tournament): void {
  const head = ['strategy', 'utility', 'ci95', 'dealRate', 'meanRounds', 'nashDistance'];
  const lines = rows.map((row) => [
    row.strategy,
    row.utility,
    row.ci95,
    row.dealRate,
    row.meanRounds,
    row.nashDistance,
  ]);
  saveText(`strategies-seed-${seed}.csv`, toCsv(head, lines));
}
