// What every card of the inspector is made of.
import { ChevronRight } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import type { ReactNode } from 'react';
import type { State } from '../words/states.ts';
import { StateWord } from '../ui/icons.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { Id } from '../ui/values.tsx';

export function Title({ name, state, id }: { name: ReactNode; state?: State; id: string }) {
  return (
    <header className="card-title">
      <h2>{name}</h2>
      <div className="row">
        {state && <StateWord state={state} />}
        <Id id={id} />
      </div>
    </header>
  );
}

export function Section({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className="card-section">
      <h3 className="eyebrow">{name}</h3>
      {children}
    </section>
  );
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The record as it came from the host. */
export function Raw({ value }: { value: unknown }) {
  return (
    <Collapsible.Root className="raw">
      <Collapsible.Trigger className="raw-trigger">
        <ChevronRight size={13} aria-hidden="true" />
        Raw record
      </Collapsible.Trigger>
      <Collapsible.Content>
        <Scroll className="code" label="Raw record">
          <pre>{JSON.stringify(value, null, 2)}</pre>
        </Scroll>
      </Collapsible.Content>
    </Collapsible.Root>
  );
}

export function Gone({ id }: { id: string }) {
  return (
    <>
      <Title name="Not here any more" id={id} />
      <p className="muted">
        It ended and has left the memory of the screen, or it was never in this market. Its journal
        entries and transfers are kept.
      </p>
    </>
  );
}
