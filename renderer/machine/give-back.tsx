import { Undo2 } from 'lucide-react';
import type { LeaseView } from '../../core/engine/view/model.ts';
import { useAgentName } from '../mirror/hooks.ts';
import { ask } from '../mirror/link.ts';
import { Confirm } from '../ui/dialog.tsx';
import { creditsInWords, span } from '../words/format.ts';
import { giveBackSentence } from '../words/sentences.ts';

/** Takes a lease back for the owner. Notice and cost stand on the button's own line. */
export function GiveBack({ lease, terms = false }: { lease: LeaseView; terms?: boolean }) {
  const tenant = useAgentName(lease.managerId);
  if (lease.ended || lease.state === 'reclaiming') return null;
  return (
    <>
      {terms && (
        <span className="small faint give-terms">
          {span(lease.reclaimWindowMs)} notice, {creditsInWords(lease.penalty)}
        </span>
      )}
      <Confirm
        trigger={
          <button type="button" className="button small" title={giveBackSentence(lease)}>
            <Undo2 size={13} aria-hidden="true" /> Give back
          </button>
        }
        title={`Take the slot back from ${tenant}?`}
        text={giveBackSentence(lease)}
        confirm={lease.penalty > 0 ? `Give back for ${creditsInWords(lease.penalty)}` : 'Give back'}
        danger
        run={() => ask('POST', `/v1/leases/${lease.id}/give-back`)}
      />
    </>
  );
}
