// What an owner can change of a resource: its reserve price, and whether it is for sale.
import { Check, Pencil, X } from 'lucide-react';
import { Switch } from 'radix-ui';
import { useState } from 'react';
import type { ResourceView } from '../../core/engine/view/model.ts';
import { ask } from '../mirror/link.ts';
import { messageOf } from '../ui/dialog.tsx';
import { notify, report } from '../ui/notices.tsx';
import { Tip } from '../ui/tip.tsx';
import { creditsExact, creditsShort } from '../words/format.ts';
import { parseCredits } from '../words/input.ts';
import { resourceName } from '../words/market.ts';

export function PauseSwitch({ resource }: { resource: ResourceView }) {
  const name = resourceName(resource);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const selling = wanted ?? !resource.paused;
  const change = async (on: boolean) => {
    setWanted(on);
    const body = { paused: !on };
    const done = on ? `${name} is for sale.` : `${name} is paused; running leases go on.`;
    await report(ask('PUT', `/v1/resources/${resource.id}`, body), done);
    setWanted(null);
  };
  return (
    <span className="row pause">
      <span className={selling ? 'muted' : 'tone-warn'}>{selling ? 'For sale' : 'Paused'}</span>
      <Switch.Root
        className="switch"
        aria-label={`${name} is for sale`}
        checked={selling}
        onCheckedChange={(on) => void change(on)}
      >
        <Switch.Thumb />
      </Switch.Root>
    </span>
  );
}

export function ReservePrice({ resource }: { resource: ResourceView }) {
  const [editing, setEditing] = useState(false);
  if (editing) return <PriceEditor resource={resource} onDone={() => setEditing(false)} />;
  return (
    <span
      className="row reserve"
      title={`${creditsExact(resource.reservePrice)} per slot and hour`}
    >
      <span>
        {creditsShort(resource.reservePrice)} <span className="faint">cr per slot and hour</span>
      </span>
      <Tip text="Change the reserve price: no lease of it is ever cheaper">
        <button
          type="button"
          className="icon-button small"
          aria-label={`Change the reserve price of ${resourceName(resource)}`}
          onClick={() => setEditing(true)}
        >
          <Pencil size={12} aria-hidden="true" />
        </button>
      </Tip>
    </span>
  );
}

function PriceEditor({ resource, onDone }: { resource: ResourceView; onDone(): void }) {
  const [text, setText] = useState(String(resource.reservePrice / 1_000_000));
  const price = parseCredits(text);
  const save = async () => {
    if (price === null) return;
    try {
      await ask('PUT', `/v1/resources/${resource.id}`, { reservePrice: price });
      onDone();
      notify('good', 'Reserve price changed; it holds for new calls.');
    } catch (error) {
      notify('bad', messageOf(error));
    }
  };
  return (
    <form
      className="row reserve"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <input
        className="field num"
        inputMode="decimal"
        aria-label="Reserve price in credits per slot and hour"
        aria-invalid={price === null}
        value={text}
        ref={(field) => field?.focus()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
        }}
      />
      <button type="submit" className="icon-button" aria-label="Save" disabled={price === null}>
        <Check size={14} aria-hidden="true" />
      </button>
      <button type="button" className="icon-button" aria-label="Leave it" onClick={onDone}>
        <X size={14} aria-hidden="true" />
      </button>
    </form>
  );
}
