// Who acts for an agent, as the form holds it: text as typed, read strictly when it is sent.
import { parseNumber } from '../words/input.ts';

/** A parameter of a strategy, as GET /v1/strategies tells it. */
export interface ParameterDoc {
  name: string;
  summary: string;
  initial: number;
  min: number;
  max: number;
}
export interface StrategyDoc {
  name: string;
  summary: string;
  parameters: ParameterDoc[];
}
export interface StrategiesDocument {
  policies: string[];
  strategies: StrategyDoc[];
  models: { name: string; model: string; origin: string }[];
}
/** What GET /v1/agents/ID tells of it. The shape of the parameters is the policy's own. */
export interface DelegateDocument {
  agent: { delegate: string | null; delegateParams: unknown };
}

export const THINK_MS_MAX = 10_000;
export const PERSONA_MAX = 500;

export interface DelegateText {
  /** '' for nobody. */
  policy: string;
  /** '' for the one that the policy uses by itself. */
  strategy: string;
  /** By the name of the parameter. */
  settings: Readonly<Record<string, string>>;
  thinkMs: string;
  /** '' for none. */
  model: string;
  persona: string;
  /** Parameters that this form does not show: they are sent as they came. */
  rest: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** The form for what an agent has now. */
export function delegateText({ agent }: DelegateDocument, kinds: StrategiesDocument): DelegateText {
  const { strategy, settings, thinkMs, model, persona, ...rest } = fieldsOf(agent.delegateParams);
  const name = textOf(strategy);
  return {
    policy: agent.delegate ?? '',
    strategy: name,
    settings: settingsOf(kinds, name, fieldsOf(settings)),
    thinkMs: textOf(thinkMs ?? 0),
    model: textOf(model),
    persona: textOf(persona),
    rest,
  };
}

/** The settings of a strategy: those that are known, else where each begins. */
export function settingsOf(
  { strategies }: StrategiesDocument,
  strategy: string,
  known: Fields = {},
): Record<string, string> {
  const kind = strategies.find(({ name }) => name === strategy);
  const pairs = (kind?.parameters ?? []).map(({ name, initial }) => {
    return [name, textOf(known[name] ?? initial)];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Body of PUT /v1/agents/ID/delegate; null takes the delegate away. */
export type DelegateBody = { policy: string; params: Record<string, unknown> } | null;

/** What is sent, or why fields cannot be read, by the names that the host has for them. */
export function readDelegate(
  text: DelegateText,
  kinds: StrategiesDocument,
): { body: DelegateBody } | { wrong: Readonly<Record<string, string>> } {
  const { policy, strategy, model, persona, rest } = text;
  if (policy === '') return { body: null };
  const wrong: Record<string, string> = {};
  const number = (field: string, typed: string, min: number, max: number): number => {
    const value = parseNumber(typed, min, max);
    if (value === null) wrong[field] = `A number from ${min} to ${max}`;
    return value ?? min;
  };
  const kind = kinds.strategies.find(({ name }) => name === strategy);
  const settings = (kind?.parameters ?? []).map(({ name, min, max }) => {
    const field = `params.settings.${name}`;
    return [name, number(field, text.settings[name] ?? '', min, max)] as const;
  });
  const thinkMs = number('params.thinkMs', text.thinkMs, 0, THINK_MS_MAX);
  if (persona.length > PERSONA_MAX) {
    wrong['params.persona'] = `At most ${PERSONA_MAX} characters`;
  }
  if (Object.keys(wrong).length > 0) return { wrong };
  const params = {
    ...rest,
    ...(strategy !== '' && { strategy, settings: Object.fromEntries(settings) }),
    ...(thinkMs > 0 && { thinkMs }),
    ...(model !== '' && { model, ...(persona !== '' && { persona }) }),
  };
  return { body: { policy, params } };
}
