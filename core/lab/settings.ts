// Settings of an experiment: every one has a value, from `--set name=value` or its initial one.
import { BadInput, type Setting, type Settings } from './experiment.ts';
import { choiceOf, type Fields, numberOf } from './input.ts';

/** `name=value`; values may contain `=`. */
const PAIR = /^([A-Za-z][A-Za-z0-9-]*)=(.*)$/su;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/iu;
/** More pairs than any experiment has settings. */
const PAIRS_MAX = 64;

/**
 * A value for every setting. The last of two pairs of one name counts.
 * @throws BadInput with the setting's name for an unknown one or a value that does not fit
 */
export function readSettings(settings: readonly Setting[], pairs: readonly string[]): Settings {
  if (pairs.length > PAIRS_MAX) throw new BadInput('--set', `at most ${PAIRS_MAX} times`);
  const given: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [, name = '', text = ''] = PAIR.exec(pair) ?? [];
    if (name === '') throw new BadInput('--set', `must be name=value, not ${pair.slice(0, 40)}`);
    const setting = settings.find((known) => known.name === name);
    if (setting === undefined) throw new BadInput(name, `no such setting; ${known(settings)}`);
    const number = 'min' in setting && NUMBER.test(text);
    given[name] = number ? Number(text) : text;
  }
  return withFields(settings, initialSettings(settings), given);
}

/** Every setting's initial value. */
export const initialSettings = (settings: readonly Setting[]): Settings =>
  Object.fromEntries(settings.map(({ name, initial }) => [name, initial]));

/**
 * The settings with those replaced that an input document names.
 * @throws BadInput with the field's name
 */
export function withFields(
  settings: readonly Setting[],
  before: Settings,
  fields: Fields,
): Settings {
  const named = settings.filter(({ name }) => Object.hasOwn(fields, name));
  return {
    ...before,
    ...Object.fromEntries(named.map((setting) => [setting.name, valueOf(setting, fields)])),
  };
}

function valueOf(setting: Setting, fields: Fields): number | string {
  const value = fields[setting.name];
  if (!('min' in setting)) return choiceOf(value, setting.name, setting.options);
  const { min, max, whole = false } = setting;
  return numberOf(value, setting.name, { min, max, whole });
}

const known = (settings: readonly Setting[]): string =>
  settings.length === 0
    ? 'the experiment has none'
    : `there are ${settings.map(({ name }) => name).join(', ')}`;

/** The value of a numeric setting, for the experiment that declared it. */
export function numberIn(settings: Settings, name: string): number {
  const value = settings[name];
  if (typeof value !== 'number') throw new Error(`the setting ${name} is no number`);
  return value;
}

/** The value of a setting with options. */
export function optionIn<T extends string>(
  settings: Settings,
  name: string,
  options: readonly T[],
): T {
  return choiceOf(settings[name], name, options);
}
