// A bargaining in full: the curves, the transcript in step with them, who would get what, how far
// the deal lies from theory, and the issues beside the price.
import { Download } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { useNow } from '../../mirror/hooks.ts';
import { StateWord } from '../../ui/icons.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { amountsOf } from '../../words/amounts.ts';
import {
  bargainingSentence,
  chosenBySentence,
  protocolSentence,
  theorySentence,
} from '../../words/bargaining.ts';
import { bargainingState } from '../../words/states.ts';
import './bargaining.css';
import { courseOf, openIssues, type Step, zoneOf } from './course.ts';
import { roundSentence } from './deeds.ts';
import { utilitiesOf } from './front.ts';
import { Outcome } from './outcome.tsx';
import { ReplayBar } from './replay-bar.tsx';
import { type BothSides, namesOf, useSides } from './sides.tsx';
import { IssuesTable, RoundsTable, saveRounds } from './tables.tsx';
import { Transcript } from './transcript.tsx';
import { useReplay } from './use-replay.ts';

const ConcessionChart = lazy(async () => ({
  default: (await import('./concession-chart.tsx')).ConcessionChart,
}));
const SharesCharts = lazy(async () => ({
  default: (await import('./shares-chart.tsx')).SharesCharts,
}));
const FrontChart = lazy(async () => ({ default: (await import('./front-chart.tsx')).FrontChart }));

interface Props {
  /** Of the call, for the name of the file. */
  id: string;
  doc: BargainingDoc;
}

export function Bargaining({ id, doc }: Props) {
  const steps = courseOf(doc);
  const sides = useSides(doc);
  const replay = useReplay(steps.length);
  const [hovered, setHovered] = useState<number | null>(null);
  const lit = hovered === null ? replay.round : Math.min(hovered, steps.length);
  const shared = { doc, steps, sides, lit, onHover: setHovered };
  if (steps.length === 0) return <NothingSaid doc={doc} sides={sides} />;
  const zone = zoneOf(doc);
  const step = steps[lit - 1];
  const said = step ? roundSentence(step, namesOf(sides), amountsOf(doc)) : '';
  return (
    <section className="bargaining" aria-label="Bargaining">
      <Head doc={doc} sides={sides} />
      <div className="bargaining-main">
        <Curves id={id} {...shared} round={replay.round} said={said} onChoose={replay.go}>
          <ReplayBar replay={replay} live={doc.state === 'running'} said={said} />
        </Curves>
        <section className="panel transcript-panel">
          <h3>Round by round</h3>
          <Transcript {...shared} round={replay.round} onChoose={replay.go} />
        </section>
      </div>
      {zone && (
        <section className="panel">
          <h3>Who would get how much of the zone, by price alone</h3>
          <div className="shares-row">
            <Suspense fallback={<Skeleton label="Loading the charts" lines={4} />}>
              <SharesCharts {...shared} zone={zone} />
            </Suspense>
            <Outcome doc={doc} steps={steps} sides={sides} zone={zone} />
          </div>
        </section>
      )}
      <OtherIssues {...shared} />
    </section>
  );
}

function Head({ doc, sides }: { doc: BargainingDoc; sides: BothSides }) {
  const now = useNow(1000);
  return (
    <header className="bargaining-head">
      <StateWord state={bargainingState(doc)} />
      <div>
        <p>
          <strong>{bargainingSentence(doc, namesOf(sides), now)}</strong>
        </p>
        <p className="muted">
          {chosenBySentence(doc)} {protocolSentence(doc)}
        </p>
      </div>
    </header>
  );
}

function NothingSaid({ doc, sides }: { doc: BargainingDoc; sides: BothSides }) {
  return (
    <section className="bargaining" aria-label="Bargaining">
      <Head doc={doc} sides={sides} />
      <p className="panel muted">
        {doc.state === 'running'
          ? 'The first round is open. The curves begin when it closes.'
          : 'It ended before a round had closed.'}
      </p>
    </section>
  );
}

interface Shared {
  doc: BargainingDoc;
  steps: readonly Step[];
  sides: BothSides;
  lit: number;
  onHover(round: number | null): void;
}
interface CurvesProps extends Shared {
  id: string;
  round: number;
  /** What was said in the round that is lit. */
  said: string;
  onChoose(round: number): void;
  children: React.ReactNode;
}

function Curves({ id, said, children, ...shared }: CurvesProps) {
  const { doc, steps, sides, lit } = shared;
  const [form, setForm] = useState<'chart' | 'table'>('chart');
  return (
    <section className="panel curves">
      <div className="row curves-head">
        <h3 className="grow">Concession: offers in credits, by round</h3>
        <Segments
          label="Form"
          value={form}
          options={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          onChange={setForm}
        />
        <button
          type="button"
          className="button plain small"
          onClick={() => saveRounds(id, doc, steps)}
        >
          <Download size={13} aria-hidden="true" /> CSV
        </button>
      </div>
      {form === 'table' ? (
        <RoundsTable doc={doc} steps={steps} sides={sides} lit={lit} />
      ) : (
        <figure className="concession" aria-label={said}>
          <Suspense fallback={<Skeleton label="Loading the chart" lines={9} />}>
            <ConcessionChart {...shared} />
          </Suspense>
        </figure>
      )}
      {children}
      <p className="readout">{said}</p>
      <p className="small faint">{theorySentence(doc)}</p>
    </section>
  );
}

function OtherIssues({ doc, steps, sides, lit }: Shared) {
  const issues = openIssues(doc);
  if (issues.length === 0) return null;
  const utilities = utilitiesOf(doc);
  return (
    <section className="panel">
      <h3>The issues beside the price</h3>
      <div className="issues-row">
        <IssuesTable doc={doc} steps={steps} sides={sides} lit={lit} issues={issues} />
        {utilities ? (
          <Suspense fallback={<Skeleton label="Loading the chart" lines={6} />}>
            <FrontChart utilities={utilities} sides={sides} lit={steps[lit - 1]?.round ?? 0} />
          </Suspense>
        ) : (
          <p className="small faint">
            No Pareto front is drawn: how much each side cares for each issue is private to its
            agent, and the market is not told.
          </p>
        )}
      </div>
    </section>
  );
}
