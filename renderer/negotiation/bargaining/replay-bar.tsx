// Steps through the rounds: play, back, on, and a slider that lies under the axis of the chart.
import { ChevronsRight, Pause, Play, StepBack, StepForward } from 'lucide-react';
import type { ReactNode } from 'react';
import { Tip } from '../../ui/tip.tsx';
import type { Replay } from './use-replay.ts';

interface Props {
  replay: Replay;
  live: boolean;
  /** What the slider says of the round it stands on. */
  said: string;
}

export function ReplayBar({ replay, live, said }: Props) {
  const { round, rounds, playing, newest } = replay;
  return (
    <div className="replay">
      <Step
        name={playing ? 'Pause' : 'Play the rounds'}
        off={rounds < 2}
        run={() => replay.toggle()}
      >
        {playing ? <Pause size={14} /> : <Play size={14} />}
      </Step>
      <Step name="One round back" off={round <= 1} run={() => replay.go(round - 1)}>
        <StepBack size={14} />
      </Step>
      <Step name="One round on" off={round >= rounds} run={() => replay.go(round + 1)}>
        <StepForward size={14} />
      </Step>
      <input
        type="range"
        className="grow"
        min={1}
        max={Math.max(1, rounds)}
        step={1}
        value={round}
        aria-label="Round"
        aria-valuetext={said}
        onChange={(event) => replay.go(Number(event.target.value))}
      />
      <span className="replay-round">
        Round {round} of {rounds}
      </span>
      {live && <Following newest={newest} run={() => replay.go(rounds)} />}
    </div>
  );
}

function Following({ newest, run }: { newest: boolean; run(): void }) {
  if (newest) return <span className="chip">Following</span>;
  return (
    <button type="button" className="button small" onClick={run}>
      <ChevronsRight size={13} aria-hidden="true" /> Newest
    </button>
  );
}

interface StepProps {
  name: string;
  off: boolean;
  run(): void;
  children: ReactNode;
}
function Step({ name, off, run, children }: StepProps) {
  return (
    <Tip text={name}>
      <button
        type="button"
        className="icon-button"
        aria-label={name}
        aria-disabled={off}
        onClick={() => {
          if (!off) run();
        }}
      >
        {children}
      </button>
    </Tip>
  );
}
