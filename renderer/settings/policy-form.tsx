// Rules that hold for every call that states none of its own.
import { Switch } from 'radix-ui';
import { useState } from 'react';
import { useMarket } from '../mirror/hooks.ts';
import { ask } from '../mirror/link.ts';
import type { Policy } from '../mirror/model.ts';
import { messageOf } from '../ui/dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { Segments } from '../ui/segments.tsx';
import { BargainingForm } from './bargaining-form.tsx';
import { Input, Setting } from './fields.tsx';
import { type Field, isBody, type PolicyText, readPolicy, textOf } from './policy-input.ts';

export function PolicyForm() {
  const policy = useMarket((s) => s.model.policy);
  const rev = useMarket((s) => s.rev.policy);
  if (!policy) return <p className="muted">They are shown once the host answers.</p>;
  return <Form key={rev} policy={policy} />;
}

interface Part {
  text: PolicyText;
  wrong: Partial<Record<Field, string>>;
  set(change: Partial<PolicyText>): void;
}

function Form({ policy }: { policy: Policy }) {
  const before = textOf(policy);
  const [text, setText] = useState(before);
  const read = readPolicy(text);
  const wrong = isBody(read) ? {} : read;
  const changed = JSON.stringify(text) !== JSON.stringify(before);
  const set = (change: Partial<PolicyText>) => setText({ ...text, ...change });
  const save = async () => {
    if (!isBody(read)) return;
    try {
      await ask('PUT', '/v1/policy', read);
      notify('good', 'The rules are changed; they hold for new calls.');
    } catch (error) {
      notify('bad', messageOf(error));
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Defaults text={text} wrong={wrong} set={set} />
      <Prices text={text} wrong={wrong} set={set} />
      <Surcharge text={text} wrong={wrong} set={set} />
      <BargainingForm text={text} wrong={wrong} set={set} />
      <div className="row save">
        <button
          type="submit"
          className="button primary"
          disabled={!changed || Object.keys(wrong).length > 0}
        >
          Change the rules
        </button>
        <button
          type="button"
          className="button"
          disabled={!changed}
          onClick={() => setText(before)}
        >
          Undo
        </button>
      </div>
    </form>
  );
}

function Defaults({ text, wrong, set }: Part) {
  return (
    <>
      <Setting name="Pricing" what="What the winner is paid, when a call does not say.">
        <Segments
          label="Pricing"
          value={text.pricing}
          options={[
            { value: 'first-price', label: 'First price' },
            { value: 'second-price', label: 'Second price' },
            { value: 'second-score', label: 'Second score' },
          ]}
          onChange={(pricing) => set({ pricing })}
        />
      </Setting>
      <Setting name="Award" what="By the rule as soon as all have answered, or by the manager.">
        <Segments
          label="Award"
          value={text.award}
          options={[
            { value: 'auto', label: 'Automatic' },
            { value: 'manual', label: 'By hand' },
          ]}
          onChange={(award) => set({ award })}
        />
      </Setting>
      <Setting name="Reply window" what="How long a call waits for proposals.">
        <TextInput field="replyBy" label="Reply window" text={text} wrong={wrong} set={set} />
      </Setting>
    </>
  );
}

function Prices({ text, wrong, set }: Part) {
  const kinds = [
    ['gpu', 'GPU'],
    ['cpu', 'CPU'],
    ['memory', 'Memory'],
  ] as const;
  return (
    <>
      <Setting
        name="Reserve prices"
        what="Credits per slot and hour; nothing of this machine is leased for less."
      >
        <div className="inputs">
          {kinds.map(([field, label]) => (
            <TextInput
              key={field}
              field={field}
              label={label}
              shown
              text={text}
              wrong={wrong}
              set={set}
            />
          ))}
        </div>
      </Setting>
      <Setting
        name="Priority reserve"
        what="Percent of the slots of each resource that only system agents can lease."
      >
        <TextInput
          field="priorityReserve"
          label="Priority reserve"
          text={text}
          wrong={wrong}
          set={set}
        />
      </Setting>
    </>
  );
}

function Surcharge({ text, wrong, set }: Part) {
  return (
    <Setting
      name="Surcharge"
      what="A noisy caller is not banned: each call beyond the free ones costs more, and it decays."
    >
      <div className="surcharge">
        <div className="row">
          <Switch.Root
            className="switch"
            aria-label="Surcharge for noisy callers"
            checked={text.surcharged}
            onCheckedChange={(surcharged) => set({ surcharged })}
          >
            <Switch.Thumb />
          </Switch.Root>
          <span className="muted">{text.surcharged ? 'Charged' : 'Not charged'}</span>
        </div>
        {text.surcharged && (
          <div className="inputs">
            <TextInput
              field="rate"
              label="Credits a call"
              shown
              text={text}
              wrong={wrong}
              set={set}
            />
            <TextInput
              field="freeCalls"
              label="Free calls"
              shown
              text={text}
              wrong={wrong}
              set={set}
            />
            <TextInput
              field="halfLife"
              label="Half-life"
              shown
              text={text}
              wrong={wrong}
              set={set}
            />
          </div>
        )}
      </div>
    </Setting>
  );
}

type TextField = Exclude<Field, 'pricing' | 'award' | 'surcharged' | 'protocol'>;
interface TextInputProps extends Part {
  field: TextField;
  label: string;
  /** The label stands above; else it is only said. */
  shown?: boolean;
}
function TextInput({ field, label, shown = false, text, wrong, set }: TextInputProps) {
  return (
    <Input
      label={label}
      shown={shown}
      value={text[field]}
      problem={wrong[field]}
      onChange={(value) => set({ [field]: value })}
    />
  );
}
