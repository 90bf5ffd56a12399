// The two sides of a bargaining: name, colour, and a shape of its own, so that colour is never all.
import type { BargainingRole } from '../../../core/engine/protocol/bargaining.ts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { useAgentName, useOrdinal } from '../../mirror/hooks.ts';
import { categoryOf } from '../../ui/colours.ts';

export interface Side {
  id: string;
  name: string;
  colour: string;
}
export type BothSides = Readonly<Record<BargainingRole, Side>>;

export function useSides(doc: BargainingDoc): BothSides {
  const { managerId, contractorId } = doc;
  const [manager, contractor] = [useAgentName(managerId), useAgentName(contractorId)];
  const colours = [categoryOf(useOrdinal(managerId)), categoryOf(useOrdinal(contractorId))];
  // Eight colours go round: two agents of one colour still have to be told apart in one chart.
  const second = colours[0] === colours[1] ? 'var(--text-2)' : (colours[1] ?? '');
  return {
    manager: { id: managerId, name: manager, colour: colours[0] ?? '' },
    contractor: { id: contractorId, name: contractor, colour: second },
  };
}
export const namesOf = ({ manager, contractor }: BothSides) => ({
  manager: manager.name,
  contractor: contractor.name,
});

interface MarkProps {
  role: BargainingRole;
  x: number;
  y: number;
  colour: string;
  size?: number;
  /** The side said nothing: its old offer stands. */
  hollow?: boolean;
}

/** A round mark for the buyer, a square one for the seller. */
export function SideMark({ role, x, y, colour, size = 4, hollow = false }: MarkProps) {
  const paint = { fill: hollow ? 'var(--bg)' : colour, stroke: colour, strokeWidth: 1.5 };
  if (role === 'manager') return <circle cx={x} cy={y} r={size} {...paint} />;
  const edge = size * 1.8;
  return <rect x={x - edge / 2} y={y - edge / 2} width={edge} height={edge} {...paint} />;
}

/** The same mark in a line of text. */
export function SideGlyph({ role, colour }: { role: BargainingRole; colour: string }) {
  return (
    <svg width={10} height={10} viewBox="0 0 10 10" aria-hidden="true">
      <SideMark role={role} x={5} y={5} colour={colour} size={3.5} />
    </svg>
  );
}
