// The host names the field of a request; a person gave an option.
import { Fault } from './fault.ts';

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
  const said = detail.replace(field, option);
  return new Fault({ ...fault.problem, field: option, detail: said }, fault.exitCode);
}
