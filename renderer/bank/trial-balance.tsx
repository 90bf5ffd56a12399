// Does the ledger add to zero? Checked by the host from all transfers, not by this page.
import { CircleCheck, OctagonAlert } from 'lucide-react';
import { useMarket, useTotals } from '../mirror/hooks.ts';
import type { TrialBalanceDocument } from '../mirror/documents.ts';
import { useDocument } from '../mirror/use-document.ts';
import { Credits, Decimal, Id } from '../ui/values.tsx';
import { count, credits, creditsExact } from '../words/format.ts';

export function TrialBalancePanel() {
  const totals = useTotals();
  const seq = useMarket((s) => Math.floor(s.seq / 50));
  const { value } = useDocument<TrialBalanceDocument>('/v1/ledger/trial-balance', seq);
  if (!totals) return null;
  const good = totals.trialSum === 0 && (value === null || value.sum === 0);
  return (
    <section className={`trial ${good ? 'good' : 'bad'}`} aria-label="Trial balance">
      <div className="trial-verdict">
        {good ? (
          <CircleCheck size={28} strokeWidth={1.75} aria-hidden="true" />
        ) : (
          <OctagonAlert size={28} strokeWidth={1.75} aria-hidden="true" />
        )}
        <div>
          <h2>{good ? 'The books balance' : 'The books do not balance'}</h2>
          <p className="muted">
            {good
              ? 'The signed sum of all accounts is 0.'
              : `The signed sum of all accounts is ${creditsExact(totals.trialSum)}. Stop trading.`}
          </p>
        </div>
      </div>
      <dl className="trial-figures">
        <div>
          <dt>Issued, in circulation</dt>
          <dd>
            <Credits micro={totals.circulation} unit />
          </dd>
        </div>
        <div>
          <dt>Held for open promises</dt>
          <dd>
            <Credits micro={totals.held} unit />
          </dd>
        </div>
        <div>
          <dt>Sum of all accounts</dt>
          <dd>{value ? <Decimal value={value.sum} /> : credits(totals.trialSum)}</dd>
        </div>
        <div>
          <dt>Accounts</dt>
          <dd>{value ? count(value.accounts.length) : '…'}</dd>
        </div>
        {value && (
          <div>
            <dt>Checked at event {count(value.seq)}</dt>
            <dd>
              <Id id={value.head} short />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
