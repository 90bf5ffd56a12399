// Short answers to what the person just did. They go by themselves; problems stay until closed.
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

interface Notice {
  id: number;
  tone: 'good' | 'bad';
  text: string;
}
const notices = createStore<{ all: Notice[] }>(() => ({ all: [] }));
const SHOWN_MS = 4_000;
const MOST = 4;
let last = 0;

export function notify(tone: Notice['tone'], text: string): void {
  const id = ++last;
  notices.setState(({ all }) => ({ all: [...all, { id, tone, text }].slice(-MOST) }));
  if (tone === 'good') setTimeout(() => dismiss(id), SHOWN_MS);
}
function dismiss(id: number): void {
  notices.setState(({ all }) => ({ all: all.filter((one) => one.id !== id) }));
}

/** Runs something and says how it went. */
export async function report(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work;
    notify('good', done);
  } catch (error) {
    notify('bad', error instanceof Error ? error.message : String(error));
  }
}

export function Notices() {
  const all = useStore(notices, (s) => s.all);
  return (
    <section className="notices" aria-label="Notices" aria-live="polite">
      {all.map(({ id, tone, text }) => (
        <div key={id} className="notice">
          {tone === 'good' ? (
            <CircleCheck size={16} className="tone-good" aria-hidden="true" />
          ) : (
            <CircleAlert size={16} className="tone-bad" aria-hidden="true" />
          )}
          <p className="grow">{text}</p>
          <button
            type="button"
            className="icon-button small"
            aria-label="Close notice"
            onClick={() => dismiss(id)}
          >
            <X size={14} aria-hidden="true" />
          </button>
        </div>
      ))}
    </section>
  );
}
