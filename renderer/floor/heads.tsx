// Names of the three blocks. They keep their size and follow the blocks sideways only.
import { useStore } from '@xyflow/react';
import { count } from '../words/format.ts';
import type { Role } from './layout.ts';

const NAMES: Record<Role, { name: string; what: string }> = {
  manager: { name: 'Managers', what: 'call for capacity' },
  call: { name: 'Calls', what: 'open and awarded' },
  contractor: { name: 'Contractors', what: 'and their slots' },
};
type Blocks = Record<Role, { x: number; width: number }>;
const ROLES = ['manager', 'call', 'contractor'] as const;

export function Heads({ blocks, counts }: { blocks: Blocks; counts: Record<Role, number> }) {
  const x = useStore((s) => s.transform[0]);
  const zoom = useStore((s) => s.transform[2]);
  return (
    <div className="floor-heads" aria-hidden="true">
      {ROLES.map((role) => (
        <div key={role} style={styleOf(role, blocks, zoom, x)} data-role={role}>
          <strong>
            {NAMES[role].name} {count(counts[role])}
          </strong>
          {zoom > WORDY_ZOOM && <span className="faint"> {NAMES[role].what}</span>}
        </div>
      ))}
    </div>
  );
}

/** Closer than this there is room for more than names. */
const WORDY_ZOOM = 0.85;
/** Space between two heads. */
const AIR = 16;

/** The managers grow to the left, so their head is read from the right. */
function styleOf(role: Role, blocks: Blocks, zoom: number, dx: number) {
  const { x, width } = blocks[role];
  const left = x * zoom + dx;
  if (role === 'manager') {
    const right = left + width * zoom;
    const maxWidth = blocks.call.x * zoom + dx - 2 * AIR;
    return { left: right, maxWidth, translate: `max(-100%, ${(AIR - right).toFixed(0)}px)` };
  }
  if (role === 'contractor') return { left };
  return { left, maxWidth: (blocks.contractor.x - x) * zoom - AIR };
}
