// Who may import whom: the table of the design as data. A room is a folder (or one file); a file
// belongs to the room with the longest matching path. Its own room is always open to it.
import path from 'node:path';
import type { Complaint, Source } from './source.ts';

interface Room {
  path: string;
  /**
   * Other rooms, packages, or `node:` for what Node brings; `:types` admits types only; '*' admits
   * everything.
   */
  may: readonly string[];
  /** Pure rooms have neither clock nor randomness; the engine must also count alike everywhere. */
  pure?: 'pure' | 'bit-identical';
}

const BASE = 'core/engine/base';
const PROTOCOL = 'core/engine/protocol';
const BANK = 'core/engine/bank';
const THEORY = 'core/engine/theory';
const BELOW_MARKET = [BASE, PROTOCOL, BANK];
const MARKET = ['core/engine/market', 'core/engine/judge', 'core/engine/spec'];
const ENGINE = ['core/engine', ...BELOW_MARKET, ...MARKET, 'core/engine/view', THEORY];
const SCREEN = [
  '@tanstack/react-virtual',
  '@xyflow/react',
  'lucide-react',
  'mermaid',
  'radix-ui',
  'react',
  'react-dom',
  'recharts',
  'uplot',
  'zustand',
];

const pure = 'pure';
const exact = 'bit-identical';
export const ROOMS: readonly Room[] = [
  { path: 'core/engine', may: ENGINE, pure: exact },
  { path: BASE, may: [], pure: exact },
  { path: PROTOCOL, may: [BASE], pure: exact },
  { path: BANK, may: [BASE], pure: exact },
  ...MARKET.map((room) => ({ path: room, may: BELOW_MARKET, pure: exact }) as const),
  { path: 'core/engine/view', may: [...BELOW_MARKET, ...MARKET], pure: exact },
  // Formulas of the field. The market does not import them: a rule is never a prediction.
  { path: THEORY, may: [BASE], pure },
  { path: 'core/agent', may: [BASE, `${PROTOCOL}:types`, THEORY], pure },
  { path: 'core/lab', may: [...ENGINE, 'core/agent'], pure },
  {
    path: 'core/contract.ts',
    may: [`${BASE}:types`, `${PROTOCOL}:types`, 'core/engine/view:types'],
    pure,
  },
  {
    path: 'core/host',
    may: [
      ...ENGINE,
      'core/agent',
      'core/lab',
      'core/contract.ts',
      'programs',
      'node:',
      'better-sqlite3',
      'systeminformation',
      'ws',
    ],
  },
  { path: 'electron', may: ['core/contract.ts', 'node:', 'electron'] },
  {
    path: 'renderer',
    may: ['core/contract.ts', 'core/engine/view', BASE, `${PROTOCOL}:types`, THEORY, ...SCREEN],
  },
  { path: 'cli', may: ['core/contract.ts', BASE, `${PROTOCOL}:types`, 'core/lab', 'node:'] },
  { path: 'programs', may: ['node:'] },
  { path: 'test', may: ['*'] },
  { path: 'build', may: ['*'] },
];

/** The room of a file, or null for a file that lies in none. */
export function roomOf(file: string): Room | null {
  const inside = ROOMS.filter(({ path: at }) => file === at || file.startsWith(`${at}/`));
  return inside.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** Imports that break through a wall, and files that stand outside the house. */
export function checkWalls(source: Source): Complaint[] {
  const room = roomOf(source.path);
  const complain = (line: number, message: string) => ({
    path: source.path,
    line,
    rule: 'wall',
    message,
  });
  if (!room) return [complain(1, 'lies in no room of build/tidy/walls.ts')];
  if (room.may.includes('*')) return [];
  return source.imports.flatMap(({ specifier, line, typeOnly }) => {
    const target = targetOf(source.path, specifier);
    if (target === room.path || room.may.includes(target)) return [];
    if (typeOnly && room.may.includes(`${target}:types`)) return [];
    const allowed = room.may.includes(`${target}:types`) ? 'types only from' : 'nothing from';
    return [complain(line, `${room.path} may import ${allowed} ${target}`)];
  });
}

/** The room, package or 'node:' that an import reaches. */
function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  if (!specifier.startsWith('.')) {
    const parts = specifier.split('/');
    return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  }
  const file = path.posix.join(path.posix.dirname(from), specifier.replace(/\?.*$/, ''));
  return roomOf(file)?.path ?? file;
}
