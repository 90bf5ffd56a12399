// Names for the made-up market, in the manner of the starter swarm.
import type { ResourceKind } from '../../../core/engine/protocol/need.ts';

export const KINDS: readonly ResourceKind[] = ['cpu', 'cpu', 'cpu', 'gpu', 'memory'];
export const projects = ['executive', 'reports', 'research', 'training', 'operations'] as const;
export const models: Record<ResourceKind, readonly string[]> = {
  gpu: ['H100', 'A100', 'RTX 4090', 'L40S'],
  cpu: ['EPYC 7B13', 'Xeon 8481C', 'Ryzen 7950X'],
  memory: ['DDR5'],
};
export const titles = [
  'quarterly executive report',
  'nightly digest',
  'embedding refresh',
  'log search, last hour',
  'checksum chain, 4 GiB',
  'matrix product, 2048',
  'compress archive shard',
  'train batch 118',
  'evaluate checkpoint',
  'index rebuild',
  'anomaly scan',
  'stream features',
] as const;
const FIRST = [
  'executive-report',
  'daily-digest',
  'weekly-summary',
  'research-atlas',
  'research-borealis',
  'research-cygnus',
  'batch-trainer',
  'log-searcher',
  'archive-packer',
  'anomaly-scout',
  'feature-streamer',
  'index-keeper',
];
const CONTRACTORS = ['north-rack', 'south-rack', 'render-farm', 'lab-bench', 'edge-cluster'];

export function agentNames(n: number): string[] {
  return Array.from({ length: n }, (_, i) => numbered(FIRST, i));
}
export function contractorNames(n: number): string[] {
  return Array.from({ length: n }, (_, i) => numbered(CONTRACTORS, i));
}
function numbered(names: readonly string[], i: number): string {
  const round = Math.floor(i / names.length);
  return `${names[i % names.length] ?? 'agent'}${round === 0 ? '' : `-${round + 1}`}`;
}
