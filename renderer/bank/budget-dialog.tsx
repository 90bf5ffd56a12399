// Giving an agent or a project its budget.
import { Switch } from 'radix-ui';
import { useState } from 'react';
import type { AgentView, ProjectView } from '../../core/engine/view/model.ts';
import { ask } from '../mirror/link.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { creditsInWords } from '../words/format.ts';
import { parseCredits } from '../words/input.ts';

export type Budgeted = AgentView | ProjectView;

const WINDOWS = [
  { ms: 60_000, name: 'per minute' },
  { ms: 600_000, name: 'per 10 minutes' },
  { ms: 3_600_000, name: 'per hour' },
  { ms: 86_400_000, name: 'per day' },
  { ms: 604_800_000, name: 'per week' },
];

export function BudgetDialog({ who, onClose }: { who: Budgeted; onClose(): void }) {
  const { budget, name } = who;
  const [amount, setAmount] = useState(budget ? String(budget.amount / 1_000_000) : '100');
  const [windowMs, setWindowMs] = useState(budget?.windowMs ?? 3_600_000);
  const [carryOver, setCarryOver] = useState(budget?.carryOver ?? false);
  const value = parseCredits(amount);
  const options = WINDOWS.some(({ ms }) => ms === windowMs)
    ? WINDOWS
    : [...WINDOWS, { ms: windowMs, name: `per ${windowMs / 1000} s` }];
  const submit = async () => {
    if (value === null) throw new Error('Give an amount such as 100 or 12.5, in credits.');
    const path = 'id' in who ? `agents/${who.id}` : `projects/${encodeURIComponent(name)}`;
    await ask('PUT', `/v1/${path}/budget`, { amount: value, windowMs, carryOver });
    notify('good', `${name} has its budget.`);
  };
  const left = budget
    ? ` What is left of the present window, ${creditsInWords(budget.remaining)}, lapses.`
    : '';
  return (
    <FormDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Budget of ${name}`}
      text={`The bank issues it now and again at the start of each window.${left}`}
      confirm="Set the budget"
      submit={submit}
    >
      <div className="form-row">
        <label className="labelled">
          <span className="eyebrow">Credits</span>
          <input
            className="field"
            inputMode="decimal"
            value={amount}
            aria-invalid={value === null}
            onChange={(event) => setAmount(event.target.value)}
          />
        </label>
        <label className="labelled">
          <span className="eyebrow">Window</span>
          <select
            className="field"
            value={windowMs}
            onChange={(event) => setWindowMs(Number(event.target.value))}
          >
            {options.map((option) => (
              <option key={option.ms} value={option.ms}>
                {option.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <CarryOver on={carryOver} onChange={setCarryOver} />
    </FormDialog>
  );
}

function CarryOver({ on, onChange }: { on: boolean; onChange(on: boolean): void }) {
  return (
    <div className="row">
      <Switch.Root
        className="switch"
        aria-label="Unspent credits carry over"
        checked={on}
        onCheckedChange={onChange}
      >
        <Switch.Thumb />
      </Switch.Root>
      <span className="muted">
        {on ? 'Unspent credits carry over' : 'Unspent credits lapse at the end'}
      </span>
    </div>
  );
}
