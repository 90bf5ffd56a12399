// A part of the page that scrolls by itself. It takes the keyboard's focus, or whoever has no mouse
// could not see its end.
import type { ReactNode, Ref } from 'react';

const focusable = { tabIndex: 0 } as const;

interface Props {
  label: string;
  className: string;
  children: ReactNode;
  ref?: Ref<HTMLElement>;
}

export function Scroll({ label, className, children, ref }: Props) {
  return (
    <section className={className} aria-label={label} ref={ref} {...focusable}>
      {children}
    </section>
  );
}
