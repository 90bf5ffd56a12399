// What the machine reads now: CPU, memory, GPUs, and the host itself.
import { lazy, Suspense } from 'react';
import type { Reading, Telemetry } from '../../core/contract.ts';
import { useLatestTelemetry } from '../mirror/hooks.ts';
import { Meter } from '../ui/meter.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { bytes, count, percent } from '../words/format.ts';
import { readingWords } from '../words/readings.ts';

const History = lazy(async () => ({ default: (await import('./history-chart.tsx')).HistoryChart }));

export function Readings() {
  const latest = useLatestTelemetry();
  return (
    <aside className="readings" aria-label="Readings">
      {latest ? (
        <>
          <Cpu cpu={latest.cpu} />
          <Memory memory={latest.memory} />
          {latest.gpus.map((gpu) => (
            <Gpu key={gpu.key} gpu={gpu} />
          ))}
          {latest.gpus.length === 0 && (
            <section className="reading">
              <h3>GPU</h3>
              <p className="faint">No GPU was found on this machine.</p>
            </section>
          )}
          <Host host={latest.host} />
        </>
      ) : (
        <Skeleton label="Waiting for the first readings" lines={8} />
      )}
    </aside>
  );
}

function Cpu({ cpu }: { cpu: Telemetry['cpu'] }) {
  return (
    <section className="reading">
      <h3>CPU</h3>
      <p className="small faint cut" title={cpu.name}>
        {cpu.name}, {cpu.cores} cores
      </p>
      <Bar label="Busy" reading={cpu.busy} />
      <Bar label="Our jobs" reading={cpu.jobs} tone="good" />
      <Suspense fallback={<div className="history" />}>
        <History />
      </Suspense>
    </section>
  );
}

function Memory({ memory }: { memory: Telemetry['memory'] }) {
  const { totalBytes: total, freeBytes: free } = memory;
  const used: Reading<number> =
    total.ok && free.ok ? { ok: true, v: (total.v - free.v) / total.v } : firstFault(total, free);
  return (
    <section className="reading">
      <h3>Memory</h3>
      <p className="small faint">
        {readingWords(free, (n) => `${bytes(n)} free`)} of {readingWords(total, bytes)}
      </p>
      <Bar label="Used" reading={used} />
    </section>
  );
}

function firstFault(...readings: Reading<number>[]): Reading<number> {
  return readings.find(({ ok }) => !ok) ?? { ok: false, why: 'absent' };
}

function Gpu({ gpu }: { gpu: Telemetry['gpus'][number] }) {
  const { memoryUsedBytes: used, memoryTotalBytes: total } = gpu;
  const memory: Reading<number> =
    used.ok && total.ok ? { ok: true, v: used.v / total.v } : firstFault(used, total);
  return (
    <section className="reading">
      <h3>GPU</h3>
      <p className="small faint cut" title={gpu.name}>
        {gpu.name}
      </p>
      <Bar label="Busy" reading={gpu.utilisation} />
      <Bar label="Memory" reading={memory} />
      <dl className="facts">
        <div>
          <dt>Temperature</dt>
          <dd>{readingWords(gpu.temperatureC, (c) => `${Math.round(c)} °C`)}</dd>
        </div>
        <div>
          <dt>Power</dt>
          <dd>{readingWords(gpu.powerW, (w) => `${Math.round(w)} W`)}</dd>
        </div>
      </dl>
    </section>
  );
}

/** A share of something; an unreadable one says why and shows no bar. */
function Bar({ label, reading, tone = 'live' }: BarProps) {
  return (
    <div className="bar">
      <span className="muted">{label}</span>
      {reading.ok ? (
        <>
          <Meter part={reading.v} tone={tone} />
          <span className="num">{percent(reading.v)}</span>
        </>
      ) : (
        <span className="tone-warn unreadable">{readingWords(reading, String)}</span>
      )}
    </div>
  );
}
interface BarProps {
  label: string;
  reading: Reading<number>;
  tone?: string;
}

function Host({ host }: { host: Telemetry['host'] }) {
  const { commitMs } = host;
  return (
    <section className="reading">
      <h3>Host</h3>
      <dl className="facts">
        <div>
          <dt>Events</dt>
          <dd>{count(host.eventsPerS)} per s</dd>
        </div>
        <div>
          <dt>Durable commit</dt>
          <dd>
            {commitMs
              ? `${commitMs.p50.toFixed(1)} ms, worst ${commitMs.max.toFixed(1)} ms`
              : 'none in the last second'}
          </dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd>{bytes(host.rssBytes)}</dd>
        </div>
      </dl>
    </section>
  );
}
