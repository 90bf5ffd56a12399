// One setting of the form: its name and sentence at the left, its inputs at the right.
import type { ReactNode } from 'react';

interface SettingProps {
  name: string;
  what: string;
  children: ReactNode;
}
export function Setting({ name, what, children }: SettingProps) {
  return (
    <div className="setting">
      <div>
        <h3>{name}</h3>
        <p className="muted">{what}</p>
      </div>
      {children}
    </div>
  );
}

interface InputProps {
  label: string;
  value: string;
  /** Why the value cannot be read. */
  problem: string | undefined;
  /** The label stands above; else it is only said. */
  shown?: boolean;
  onChange(value: string): void;
}
export function Input({ label, value, problem, shown, onChange }: InputProps) {
  return (
    <label className="labelled">
      <span className={shown ? 'eyebrow' : 'visually-hidden'}>{label}</span>
      <input
        className="field"
        value={value}
        aria-invalid={problem !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {problem && <span className="problem">{problem}</span>}
    </label>
  );
}
