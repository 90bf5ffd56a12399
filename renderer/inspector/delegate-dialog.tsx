// Choosing who acts for an agent: a policy, how it bargains, a language model, or nobody.
import { useState } from 'react';
import type { AgentView } from '../../core/engine/view/model.ts';
import { ask } from '../mirror/link.ts';
import { Problem } from '../mirror/requests.ts';
import { useDocument } from '../mirror/use-document.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { DelegateFields } from './delegate-fields.tsx';
import {
  type DelegateDocument,
  type DelegateText,
  delegateText,
  readDelegate,
  type StrategiesDocument,
} from './delegate-input.ts';

const WHAT =
  'A delegate bids and bargains inside the host, with nothing but what its agent may know. What ' +
  'is under way is carried on by whoever acts then.';

export function DelegateDialog({ agent, onClose }: { agent: AgentView; onClose(): void }) {
  const { id, name } = agent;
  const kinds = useDocument<StrategiesDocument>('/v1/strategies');
  const now = useDocument<DelegateDocument>(`/v1/agents/${id}`);
  const [changed, setChanged] = useState<DelegateText | null>(null);
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const before = kinds.value && now.value && delegateText(now.value, kinds.value);
  const text = changed ?? before;
  const read = text && kinds.value && readDelegate(text, kinds.value);
  const wrong = read && 'wrong' in read ? read.wrong : refused;
  const submit = async () => {
    if (!text || !read) throw new Error('What can be chosen is still being loaded.');
    if ('wrong' in read) throw new Error('Some fields cannot be read: see what they say.');
    // A profile of the swarm is not known here: leaving it alone changes nothing.
    if (JSON.stringify(text) === JSON.stringify(before)) return;
    try {
      if (read.body === null) await ask('DELETE', `/v1/agents/${id}/delegate`);
      else await ask('PUT', `/v1/agents/${id}/delegate`, read.body);
    } catch (error) {
      if (error instanceof Problem && error.field) setRefused({ [error.field]: error.message });
      throw error;
    }
    const who = read.body === null ? 'Nobody' : `“${read.body.policy}”`;
    notify('good', `${who} acts for ${name} from now on.`);
  };
  return (
    <FormDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Who acts for ${name}`}
      text={WHAT}
      confirm={text?.policy === '' ? 'Let nobody act' : 'Let it act'}
      submit={submit}
    >
      {text && kinds.value ? (
        <DelegateFields
          text={text}
          kinds={kinds.value}
          wrong={wrong}
          swarm={before?.policy === 'worker'}
          set={(change) => {
            setRefused({});
            setChanged({ ...text, ...change });
          }}
        />
      ) : kinds.problem || now.problem ? (
        <p className="problem">{kinds.problem || now.problem}</p>
      ) : (
        <Skeleton label="Loading what can be chosen" lines={4} />
      )}
    </FormDialog>
  );
}
