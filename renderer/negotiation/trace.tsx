// The messages of a conversation as they were said, one sentence each.
import type { CallView } from '../../core/engine/view/model.ts';
import type { TraceLine } from '../../core/engine/view/trace.ts';
import { useLease } from '../mirror/hooks.ts';
import type { TraceDocument } from '../mirror/documents.ts';
import { useDocument } from '../mirror/use-document.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { AgentLink } from '../ui/things.tsx';
import { clockMs, exactTime } from '../words/format.ts';

export function Trace({ call, compact = false }: { call: CallView; compact?: boolean }) {
  const lease = useLease(call.leaseId);
  // The record is replaced whole when something was said, and so is its lease.
  const { value, problem } = useDocument<TraceDocument>(
    `/v1/cfps/${call.id}/trace`,
    `${call.state} ${answers(call)} ${lease?.state ?? ''} ${lease?.endAt ?? ''}`,
  );
  if (problem) return <p className="problem">The messages could not be read: {problem}</p>;
  if (!value) return <Skeleton label="Loading the messages" lines={4} />;
  if (value.trace.length === 0) return <p className="empty-note">Nothing was said yet.</p>;
  return (
    <ol className={compact ? 'trace compact' : 'trace'}>
      {value.trace.map((line, i) => (
        <Line key={i} line={line} />
      ))}
    </ol>
  );
}

const answers = (call: CallView): string =>
  call.dialogues.map(({ state, proposal }) => `${state}${proposal?.state ?? ''}`).join();

const TONES: Record<string, string> = {
  propose: 'live',
  'accept-proposal': 'good',
  'inform-done': 'good',
  'inform-result': 'good',
  refuse: 'warn',
  failure: 'warn',
  'not-understood': 'warn',
};

function Line({ line }: { line: TraceLine }) {
  const at = Date.parse(line.at);
  return (
    <li>
      <time className="mono faint" dateTime={line.at} title={exactTime(at)}>
        {clockMs(at)}
      </time>
      <div>
        <div className="row">
          <code className={`tone-${TONES[line.performative] ?? 'quiet'}`}>{line.performative}</code>
          <span className="trace-who small">
            {line.fromId ? <AgentLink id={line.fromId} /> : <span className="faint">market</span>}
            {line.toId && (
              <>
                <span className="faint">to</span>
                <AgentLink id={line.toId} />
              </>
            )}
          </span>
        </div>
        <p className="muted">{line.text}</p>
      </div>
    </li>
  );
}
