// What the job of a lease has printed; followed while it runs.
import type { LeaseView } from '../../core/engine/view/model.ts';
import { useNow } from '../mirror/hooks.ts';
import type { LeaseLogDocument } from '../mirror/documents.ts';
import { useDocument } from '../mirror/use-document.ts';
import { Scroll } from '../ui/scroll.tsx';

const EVERY_MS = 2_000;

export function LeaseLog({ lease }: { lease: LeaseView }) {
  const now = useNow(EVERY_MS);
  const key = lease.ended ? 'ended' : now;
  const { value, problem } = useDocument<LeaseLogDocument>(`/v1/leases/${lease.id}/log`, key);
  if (problem) return <p className="faint">{problem}</p>;
  if (!value) return <p className="faint">Reading…</p>;
  if (value.log === '') {
    return (
      <p className="faint">{value.running ? 'Nothing printed yet.' : 'Nothing was printed.'}</p>
    );
  }
  return (
    <>
      {value.truncated && <p className="small faint">Only the end was kept.</p>}
      <Scroll className="log" label="Output of the job">
        <pre>{value.log}</pre>
      </Scroll>
    </>
  );
}
