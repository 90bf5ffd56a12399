// How calls bargain where no price is within their limit: the operator's rule.
import { RadioGroup } from 'radix-ui';
import { span } from '../words/format.ts';
import {
  type BargainingField,
  type BargainingText,
  longestMs,
  type ProtocolChoice,
} from './bargaining-input.ts';
import { Input, Setting } from './fields.tsx';

export interface BargainingPart {
  text: BargainingText;
  wrong: Partial<Record<BargainingField, string>>;
  set(change: Partial<BargainingText>): void;
}

const CHOICES: readonly { value: ProtocolChoice; name: string; what: string }[] = [
  {
    value: 'auto',
    name: 'By rule',
    what: 'Alternating offers where time and gain allow, else the faster one.',
  },
  {
    value: 'monotonic-concession',
    name: 'Monotonic concession',
    what: 'Both offer at once in every round, and repeat or concede: fast.',
  },
  {
    value: 'alternating-offers',
    name: 'Alternating offers',
    what: 'They speak in turns, and accept or make another offer: slower.',
  },
  {
    value: 'off',
    name: 'Nobody bargains',
    what: 'A call without a price within its limit ends without an award.',
  },
];

const WHICH =
  'Shorter leases bargain by the faster protocol, and so do calls with fewer credits between the ' +
  'two limits.';
const COST =
  'What is left of a deal’s value after one more round, told to both: theory counts with it, and ' +
  'so do some strategies.';

export function BargainingForm({ text, wrong, set }: BargainingPart) {
  const part = { text, wrong, set };
  return (
    <>
      <Setting
        name="Bargaining"
        what="Where no price is within a call’s limit, the best contractor may be bargained with."
      >
        <RadioGroup.Root
          className="choices"
          aria-label="Protocol"
          value={text.protocol}
          onValueChange={(protocol) => set({ protocol: protocol as ProtocolChoice })}
        >
          {CHOICES.map(({ value, name, what }) => (
            <label key={value} className="choice">
              <RadioGroup.Item className="radio" value={value} aria-label={name}>
                <RadioGroup.Indicator />
              </RadioGroup.Item>
              <span>
                {name}
                <span className="small muted">{what}</span>
              </span>
            </label>
          ))}
        </RadioGroup.Root>
      </Setting>
      {text.protocol === 'auto' && <Choosing {...part} />}
      {text.protocol !== 'off' && <Rounds {...part} />}
    </>
  );
}

function Choosing(part: BargainingPart) {
  return (
    <Setting name="Which protocol, by rule" what={WHICH}>
      <div className="inputs">
        <Field {...part} field="fastBelow" label="Shorter than" />
        <Field {...part} field="worthWaiting" label="Fewer credits than" />
      </div>
    </Setting>
  );
}

function Rounds(part: BargainingPart) {
  const longest = longestMs(part.text);
  const bound = longest === null ? '' : ` At most ${span(longest)} in all.`;
  return (
    <>
      <Setting name="Rounds" what={`A side that lets a round pass repeats its offer.${bound}`}>
        <div className="inputs">
          <Field {...part} field="rounds" label="At most" />
          <Field {...part} field="roundTime" label="Each lasts" />
          <Field {...part} field="roundFee" label="Credits an offer" />
        </div>
      </Setting>
      <Setting name="Cost of time" what={COST}>
        <div className="inputs">
          <Field {...part} field="managerDiscount" label="To managers" />
          <Field {...part} field="contractorDiscount" label="To contractors" />
        </div>
      </Setting>
    </>
  );
}

interface FieldProps extends BargainingPart {
  field: Exclude<BargainingField, 'protocol'>;
  label: string;
}
function Field({ field, label, text, wrong, set }: FieldProps) {
  return (
    <Input
      label={label}
      shown
      value={text[field]}
      problem={wrong[field]}
      onChange={(value) => set({ [field]: value })}
    />
  );
}
