// Dialogs on accessible primitives: focus is trapped and comes back, Escape closes.
import { AlertDialog, Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { notify } from './notices.tsx';

interface AskProps {
  /** The button that opens it. */
  trigger: ReactNode;
  title: string;
  /** What it costs and what follows, before the click. */
  text: string;
  confirm: string;
  danger?: boolean;
  run(): Promise<unknown>;
  children?: ReactNode;
}

/** Asks before something costly is done, and says its price. */
export function Confirm({ trigger, title, text, confirm, danger, run, children }: AskProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await run();
      setOpen(false);
    } catch (error) {
      notify('bad', messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={setOpen}>
      <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="veil" />
        <AlertDialog.Content className="dialog">
          <AlertDialog.Title asChild>
            <h2>{title}</h2>
          </AlertDialog.Title>
          <AlertDialog.Description className="text">{text}</AlertDialog.Description>
          {children && <div className="body">{children}</div>}
          <div className="actions">
            <AlertDialog.Cancel asChild>
              <button type="button" className="button">
                Keep as it is
              </button>
            </AlertDialog.Cancel>
            <button
              type="button"
              className={`button ${danger ? 'danger' : 'primary'}`}
              disabled={busy}
              onClick={() => void go()}
            >
              {busy ? 'Working…' : confirm}
            </button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

interface FormProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  text: string;
  confirm: string;
  /** Throws what is wrong, in words. */
  submit(): Promise<unknown>;
  children: ReactNode;
}

/** A few fields and one button. */
export function FormDialog(props: FormProps) {
  const { open, onOpenChange, title, text, confirm, submit, children } = props;
  const [problem, setProblem] = useState('');
  const go = async () => {
    setProblem('');
    try {
      await submit();
      onOpenChange(false);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog">
          <Dialog.Title asChild>
            <h2>{title}</h2>
          </Dialog.Title>
          <Dialog.Description className="text">{text}</Dialog.Description>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void go();
            }}
          >
            <div className="body">{children}</div>
            {problem && (
              <p className="problem" role="alert">
                {problem}
              </p>
            )}
            <div className="actions">
              <Dialog.Close asChild>
                <button type="button" className="button">
                  Cancel
                </button>
              </Dialog.Close>
              <button type="submit" className="button primary">
                {confirm}
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What went wrong, in words for a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
