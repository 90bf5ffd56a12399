// Needs, as they are put into words and held against what there is.
import type { NeedDoc, ResourceDoc } from './documents.ts';
import { countText, spanText } from './units.ts';

/** A need as it is sent. Bytes and milliseconds. */
export interface Need extends NeedDoc {
  vramBytes?: number;
  memoryBytes?: number;
}

/** `2 gpu slots (H100) for 30 min` */
export function needText({ kind, count, model, durationMs }: NeedDoc): string {
  const what = countText(count, `${kind} slot`);
  return `${what}${model === undefined ? '' : ` (${model})`} for ${spanText(durationMs)}`;
}

/** `cpu AMD EPYC 7763` */
export function resourceText({ kind, model }: Pick<ResourceDoc, 'kind' | 'model'>): string {
  return model === null ? kind : `${kind} ${model}`;
}

/** Whether a resource could ever serve the need; the market decides by the same rule. */
export function couldServe(resource: ResourceDoc, need: Need): boolean {
  const name = resource.model?.toLowerCase() ?? '';
  const words = need.model?.toLowerCase().split(/\s+/u) ?? [];
  return (
    resource.kind === need.kind &&
    resource.count >= need.count &&
    words.every((word) => name.includes(word)) &&
    (need.vramBytes ?? 0) <= (resource.vramBytes ?? 0) &&
    (need.memoryBytes ?? 0) <= (resource.memoryBytes ?? 0)
  );
}

/** `2 cpu slots (AMD EPYC), 8 memory slots` */
export function stockText(resources: readonly ResourceDoc[]): string {
  const items = resources.map(({ kind, count, model }) => {
    const what = countText(count, `${kind} slot`);
    return model === null ? what : `${what} (${model})`;
  });
  return items.join(', ') || 'nothing is for sale';
}
