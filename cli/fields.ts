// The host names the field of a request; a person gave an option.
import { Fault, usage } from './fault.ts';
import { readCredits } from './units.ts';

/** From a field of the API, such as `need.durationMs`, to what was typed for it. */
export type FieldOptions = Readonly<Record<string, string>>;

/** The answer, or the host's problem with the option at fault in the place of the field. */
export async function naming<T>(fields: FieldOptions, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Fault ? renamed(error, fields) : error;
  }
}

function renamed(fault: Fault, fields: FieldOptions): Fault {
  const { field, detail } = fault.problem;
  const option = field === undefined ? undefined : fields[field];
  if (field === undefined || option === undefined) return fault;
  // Only as the subject of the sentence: `price` may stand in it as a plain word.
  const isSubject = detail.startsWith(`${field} `);
  const said = isSubject ? `${option}${detail.slice(field.length)}` : detail;
  return new Fault({ ...fault.problem, field: option, detail: said }, fault.exitCode);
}

/** The credits that a positional argument states. Throws a usage fault that names it. */
export function creditsIn(argument: string, text: string): number {
  const amount = readCredits(text);
  if (amount !== null) return amount;
  const detail = `${argument} must be a number of credits, not ${JSON.stringify(text)}`;
  throw usage('invalid-value', detail, { field: argument });
}
