// Processes that run for leases, as the host sees them.
import type { JobView } from '../../core/contract.ts';
import { useLatestTelemetry, useLease } from '../mirror/hooks.ts';
import { Scroll } from '../ui/scroll.tsx';
import { AgentLink, LeaseLink } from '../ui/things.tsx';
import { Left } from '../ui/values.tsx';
import { bytes } from '../words/format.ts';
import { readingWords } from '../words/readings.ts';

const WORDS = { running: 'Running', stopping: 'Stopping', ended: 'Ended' } as const;
const MOST = 60;

export function Jobs() {
  const jobs = useLatestTelemetry()?.jobs ?? [];
  return (
    <section aria-labelledby="jobs-title">
      <header className="page-head">
        <h2 id="jobs-title">Processes</h2>
        <span className="faint">{jobs.length}</span>
      </header>
      {jobs.length === 0 ? (
        <p className="empty-note">No process of a lease is running on this machine.</p>
      ) : (
        <Scroll className="scroll-x" label="Processes, table">
          <table className="table">
            <thead>
              <tr>
                <th className="num">PID</th>
                <th>What</th>
                <th>Agent</th>
                <th>State</th>
                <th className="num">CPU time</th>
                <th className="num">Memory</th>
                <th>Time left</th>
                <th>Ended by</th>
              </tr>
            </thead>
            <tbody>
              {jobs.slice(0, MOST).map((job) => (
                <Row key={`${job.leaseId} ${job.pid}`} job={job} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function Row({ job }: { job: JobView }) {
  const lease = useLease(job.leaseId);
  const state = job.exitCode === null ? WORDS[job.state] : `Ended with code ${job.exitCode}`;
  return (
    <tr>
      <td className="num mono">{job.pid}</td>
      <td className="work">{lease ? <LeaseLink id={job.leaseId} /> : job.title}</td>
      <td>{lease && <AgentLink id={lease.managerId} />}</td>
      <td>{state}</td>
      <td className="num">{readingWords(job.cpuSeconds, (s) => `${s.toFixed(1)} s`)}</td>
      <td className="num">{readingWords(job.rssBytes, bytes)}</td>
      <td>{job.state === 'ended' ? '' : <Left until={job.deadlineAt} />}</td>
      <td className="small muted limits">{job.enforcement}</td>
    </tr>
  );
}
