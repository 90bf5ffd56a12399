// "4x H100 GPUs for 30 minutes": a need as a sentence.
import { LIMITS } from '../base/limits.ts';
import { DAY, HOUR, MINUTE, type Ms, SECOND } from '../base/time.ts';
import { refuse, type Shape } from './shape.ts';

export const RESOURCE_KINDS = ['gpu', 'cpu', 'memory'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** What a call asks for. Bytes and milliseconds; `count` slots of one resource. */
export interface Need {
  kind: ResourceKind;
  count: number;
  durationMs: Ms;
  model?: string;
  /** Free video memory needed per slot. */
  vramBytes?: number;
  /** Memory needed per slot. */
  memoryBytes?: number;
  /** A proposal that starts later than this does not serve the need. */
  maxStartDelayMs?: Ms;
}

const UNIT_MS: Record<string, Ms> = {
  ms: 1,
  s: SECOND,
  sec: SECOND,
  second: SECOND,
  m: MINUTE,
  min: MINUTE,
  minute: MINUTE,
  h: HOUR,
  hour: HOUR,
  d: DAY,
  day: DAY,
};
const KIND: Record<string, ResourceKind> = {
  gpu: 'gpu',
  cpu: 'cpu',
  core: 'cpu',
  memory: 'memory',
};
const SENTENCE = new RegExp(
  '^\\s*(?:(\\d{1,4})\\s*x?\\s+)?' + // 4x, 4 x, 4
    '(?:([a-z0-9][a-z0-9 ._-]{0,60}?)\\s+)?' + // H100
    '(gpu|cpu|core|memory)(?:\\s*slot)?s?' +
    '\\s+for\\s+(\\d{1,7}(?:\\.\\d{1,3})?)\\s*' + // for 30
    '(ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\\s*$', // minutes
  'iu',
);

/** Reads a need written as a sentence; null where the sentence has another form. */
export function parseNeed(sentence: string): Need | null {
  const found = SENTENCE.exec(sentence);
  if (found === null) return null;
  const [, count, model, kindWord, span, unitWord] = found;
  const unit = (unitWord ?? '').toLowerCase();
  const unitMs = UNIT_MS[unit] ?? UNIT_MS[unit.replace(/s$/u, '')];
  const kind = KIND[(kindWord ?? '').toLowerCase()];
  if (unitMs === undefined || kind === undefined) return null;
  // "99999x GPUs" asks for too many, not for one of the model "99999x".
  if (count === undefined && /^\d+x\b/iu.test(model ?? '')) return null;
  const need: Need = {
    kind,
    count: Number(count ?? 1),
    durationMs: Math.round(Number(span) * unitMs),
  };
  return model === undefined ? need : { ...need, model };
}

/** The sentence form as a shape; bounds are those of the structured form. */
export const needSentence: Shape<Need> = {
  schema: { type: 'string', maxLength: 200, examples: ['4x H100 GPUs for 30 minutes'] },
  parse(value, path) {
    const wanted = 'a need such as "4x H100 GPUs for 30 minutes"';
    const need = typeof value === 'string' && value.length <= 200 ? parseNeed(value) : null;
    if (need === null) return refuse(path, wanted, value);
    if (need.count < 1 || need.count > LIMITS.slotsPerResourceMax) {
      return refuse(`${path}.count`, `from 1 to ${LIMITS.slotsPerResourceMax}`, need.count);
    }
    if (need.durationMs < LIMITS.leaseMsMin || need.durationMs > LIMITS.leaseMsMax) {
      const bounds = `from ${LIMITS.leaseMsMin} to ${LIMITS.leaseMsMax} ms`;
      return refuse(`${path}.durationMs`, bounds, need.durationMs);
    }
    return need;
  },
};
