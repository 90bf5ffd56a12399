// The fields of who acts for an agent; each choice says in a sentence what it does.
import type { ReactNode } from 'react';
import { policySentence } from '../words/delegates.ts';
import { count } from '../words/format.ts';
import './delegate.css';
import {
  type DelegateText,
  type ParameterDoc,
  PERSONA_MAX,
  settingsOf,
  type StrategiesDocument,
  THINK_MS_MAX,
} from './delegate-input.ts';

interface Part {
  text: DelegateText;
  kinds: StrategiesDocument;
  /** Why a field cannot be read or was refused, by the host's name for it. */
  wrong: Readonly<Record<string, string>>;
  set(change: Partial<DelegateText>): void;
}

/** @param swarm it plays in the starter swarm, and may go on doing so */
export function DelegateFields({ swarm, ...part }: Part & { swarm: boolean }) {
  const { text, kinds, wrong, set } = part;
  const policies = kinds.policies.filter((one) => one !== 'worker' || swarm);
  return (
    <div className="delegate">
      <Choice
        label="Who acts"
        value={text.policy}
        none="Nobody: it answers by API"
        options={policies}
        says={saysOf(text.policy, swarm)}
        problem={wrong.policy}
        onChange={(policy) => set({ policy })}
      />
      {text.policy !== '' && text.policy !== 'worker' && (
        <>
          <StrategyChoice {...part} />
          <ModelChoice {...part} />
        </>
      )}
    </div>
  );
}

function saysOf(policy: string, swarm: boolean): string {
  const leaves =
    swarm && policy !== 'worker'
      ? ' Its part in the swarm ends, and with it the calls that came from there.'
      : '';
  if (policy === '') return `It gets its news and sends its answers itself.${leaves}`;
  return policySentence(policy) + leaves;
}

function StrategyChoice({ text, kinds, wrong, set }: Part) {
  const kind = kinds.strategies.find(({ name }) => name === text.strategy);
  return (
    <>
      <Choice
        label="Bargains by"
        value={text.strategy}
        none="What its policy uses by itself"
        options={kinds.strategies.map(({ name }) => name)}
        says={kind?.summary ?? ''}
        problem={wrong['params.strategy']}
        onChange={(strategy) => set({ strategy, settings: settingsOf(kinds, strategy) })}
      />
      {kind && kind.parameters.length > 0 && (
        <fieldset className="parameters" aria-label={`Settings of ${kind.name}`}>
          {kind.parameters.map((parameter) => (
            <NumberField
              key={parameter.name}
              parameter={parameter}
              value={text.settings[parameter.name] ?? ''}
              problem={wrong[`params.settings.${parameter.name}`]}
              onChange={(value) => {
                set({ settings: { ...text.settings, [parameter.name]: value } });
              }}
            />
          ))}
        </fieldset>
      )}
      <fieldset className="parameters" aria-label="Pace">
        <NumberField
          parameter={PAUSE}
          value={text.thinkMs}
          problem={wrong['params.thinkMs']}
          onChange={(thinkMs) => set({ thinkMs })}
        />
      </fieldset>
    </>
  );
}
const PAUSE: ParameterDoc = {
  name: 'Pause, ms',
  summary: 'It lets this time pass before it speaks; a round that ends first goes by.',
  initial: 0,
  min: 0,
  max: THINK_MS_MAX,
};

function ModelChoice({ text, kinds, wrong, set }: Part) {
  if (kinds.models.length === 0 && text.model === '') {
    return (
      <div className="labelled">
        <span className="eyebrow">Language model</span>
        <p className="small muted">
          None is set up: describe one in <code>models.json</code> in the data directory, as{' '}
          <code>docs/models.md</code> says, and start Haggle again.
        </p>
      </div>
    );
  }
  const model = kinds.models.find(({ name }) => name === text.model);
  return (
    <>
      <Choice
        label="Language model"
        value={text.model}
        none="None: the strategy decides"
        options={kinds.models.map(({ name }) => name)}
        says={
          model
            ? `${model.model} at ${model.origin} is asked for every offer; ` +
              'where it fails or is late, the strategy speaks.'
            : ''
        }
        problem={wrong['params.model']}
        onChange={(next) => set({ model: next })}
      />
      {text.model !== '' && (
        <label className="labelled">
          <span className="eyebrow">What it is told about itself</span>
          <textarea
            className="field area"
            rows={2}
            maxLength={PERSONA_MAX}
            placeholder="You are patient and would rather walk away than overpay."
            value={text.persona}
            aria-invalid={wrong['params.persona'] !== undefined}
            onChange={(event) => set({ persona: event.target.value })}
          />
          <Wrong text={wrong['params.persona']} />
        </label>
      )}
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  /** What '' means. */
  none: string;
  options: readonly string[];
  says: string;
  problem: string | undefined;
  onChange(value: string): void;
}
function Choice({ label, value, none, options, says, problem, onChange }: ChoiceProps) {
  // What was chosen elsewhere and is not known here any more stays as it is until changed.
  const all = value === '' || options.includes(value) ? options : [...options, value];
  return (
    <label className="labelled">
      <span className="eyebrow">{label}</span>
      <select
        className="field"
        value={value}
        aria-invalid={problem !== undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{none}</option>
        {all.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      {says && <Note>{says}</Note>}
      <Wrong text={problem} />
    </label>
  );
}

interface NumberProps {
  parameter: ParameterDoc;
  value: string;
  problem: string | undefined;
  onChange(value: string): void;
}
function NumberField({ parameter, value, problem, onChange }: NumberProps) {
  const { name, summary, min, max } = parameter;
  return (
    <label className="parameter">
      <span className="parameter-name">{name}</span>
      <input
        className="field"
        inputMode="decimal"
        value={value}
        aria-invalid={problem !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      <Note>
        {summary} <span className="faint">{rangeWords(min, max)}.</span>
      </Note>
      <Wrong text={problem} />
    </label>
  );
}

const rangeWords = (min: number, max: number): string =>
  [min, max].map((one) => (Number.isInteger(one) ? count(one) : String(one))).join(' to ');
const Note = ({ children }: { children: ReactNode }) => (
  <span className="small muted">{children}</span>
);
const Wrong = ({ text }: { text: string | undefined }) =>
  text === undefined ? null : <span className="problem">{text}</span>;
