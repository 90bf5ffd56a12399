// Credits that moved, over time: issued, lapsed, paid, surcharged.
import { Download } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useNow } from '../mirror/hooks.ts';
import type { FlowBucket, FlowDocument } from '../mirror/documents.ts';
import { useDocument } from '../mirror/use-document.ts';
import { saveText, toCsv } from '../ui/csv.ts';
import { Scroll } from '../ui/scroll.tsx';
import { Segments } from '../ui/segments.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Decimal } from '../ui/values.tsx';
import { clockTime } from '../words/format.ts';

const FlowChart = lazy(async () => ({ default: (await import('./flow-chart.tsx')).FlowChart }));

const SPANS = [
  { value: '1000', label: '1 min' },
  { value: '10000', label: '10 min' },
  { value: '60000', label: '1 h' },
  { value: '1440000', label: '24 h' },
] as const;
const BUCKETS = 60;

export function Flows() {
  const [bucketMs, setBucketMs] = useState<(typeof SPANS)[number]['value']>('1000');
  const [asTable, setAsTable] = useState<'chart' | 'table'>('chart');
  const now = useNow(Math.min(60_000, Math.max(2_000, Number(bucketMs))));
  const path = `/v1/ledger/flow?buckets=${BUCKETS}&bucketMs=${bucketMs}`;
  const { value, problem } = useDocument<FlowDocument>(path, now);
  return (
    <div className="fill">
      <div className="tools">
        <Segments label="Time span" value={bucketMs} options={SPANS} onChange={setBucketMs} />
        <Segments
          label="Form"
          value={asTable}
          options={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          onChange={setAsTable}
        />
        <span className="grow" />
        <button
          type="button"
          className="button plain small"
          disabled={!value}
          onClick={() => value && save(value.flow)}
        >
          <Download size={13} aria-hidden="true" /> CSV
        </button>
      </div>
      {problem && <p className="problem pad">The flows could not be read: {problem}</p>}
      {!value && !problem && <Skeleton label="Loading the flows" lines={8} />}
      {value && asTable === 'table' && <FlowTable flow={value.flow} />}
      {value && asTable === 'chart' && (
        <Suspense fallback={<Skeleton label="Loading the chart" lines={8} />}>
          <FlowChart flow={value.flow} bucketMs={value.bucketMs} />
        </Suspense>
      )}
    </div>
  );
}

function FlowTable({ flow }: { flow: readonly FlowBucket[] }) {
  return (
    <Scroll className="scroll" label="Flows">
      <table className="table">
        <thead>
          <tr>
            <th>From</th>
            <th className="num">Issued</th>
            <th className="num">Lapsed</th>
            <th className="num">Paid</th>
            <th className="num">Surcharged</th>
          </tr>
        </thead>
        <tbody>
          {flow.toReversed().map((one) => (
            <tr key={one.at}>
              <td>{clockTime(Date.parse(one.at))}</td>
              {[one.issued, one.lapsed, one.paid, one.surcharged].map((amount, i) => (
                <td key={i} className={amount === 0 ? 'num faint' : 'num'}>
                  <Decimal value={amount} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function save(flow: readonly FlowBucket[]): void {
  const head = ['at', 'issued', 'lapsed', 'paid', 'surcharged'];
  const lines = flow.map((one) => [one.at, one.issued, one.lapsed, one.paid, one.surcharged]);
  saveText('flows.csv', toCsv(head, lines));
}
