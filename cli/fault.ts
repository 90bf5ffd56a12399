// What can go wrong, as the document that is printed: a host's own problem passed on, or one of the
// command line's. Nothing else is thrown on purpose.

/** RFC 9457, with the option at fault where there is one. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  /** One sentence for a person. */
  detail: string;
  /** The option or argument at fault, such as `--minutes`, else the field of the request. */
  field?: string;
  /** What would help. */
  hint?: string;
}

/** Exit codes of the command line itself; `run` otherwise ends with the command's own. */
export const EXIT = {
  failed: 1,
  usage: 2,
  /** As env, timeout and docker say it: no lease, or it was lost. */
  noLease: 125,
  commandNotFound: 127,
} as const;

/** Problems that arise here rather than in the host; the closed list is in docs/cli.md. */
export const OWN = {
  'unknown-command': [400, 'There is no such command'],
  'unknown-option': [400, 'The command has no such option'],
  'missing-value': [400, 'Something that the command needs is missing'],
  'invalid-value': [400, 'A value is not allowed here'],
  'unexpected-argument': [400, 'The command takes no further argument'],
  'no-such-agent': [404, 'There is no such agent'],
  'no-such-resource': [404, 'There is no such resource'],
  'no-host': [503, 'No host answers'],
  'host-not-started': [503, 'A host could not be started'],
  'command-not-found': [404, 'The command to run was not found'],
  'already-running': [409, 'It runs already'],
  unawarded: [409, 'No lease was won'],
  'lease-lost': [409, 'The lease ended before its command'],
  'ledger-differs': [500, 'The ledger does not add up'],
  'check-failed': [500, 'An experiment does not come out as it should'],
  defect: [500, 'A defect of the command line'],
} as const;
export type OwnCode = keyof typeof OWN;

/** The one error that ends a command with a message for a person. */
export class Fault extends Error {
  override name = 'Fault';
  readonly problem: Problem;
  readonly exitCode: number;

  constructor(problem: Problem, exitCode: number) {
    super(problem.detail);
    this.problem = problem;
    this.exitCode = exitCode;
  }
}

export function fault(
  code: OwnCode,
  detail: string,
  more: { field?: string; hint?: string; exitCode?: number } = {},
): Fault {
  const [status, title] = OWN[code];
  const { exitCode = EXIT.failed, ...rest } = more;
  const type = `urn:haggle:problem:${code}`;
  return new Fault({ type, title, status, code, detail, ...rest }, exitCode);
}

/** The command line itself is wrong: nothing was done. */
export function usage(
  code: OwnCode,
  detail: string,
  more: { field?: string; hint?: string } = {},
): Fault {
  return fault(code, detail, { ...more, exitCode: EXIT.usage });
}

/** Whatever was thrown, as a fault. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return fault('defect', detail);
}

/** For people: what is wrong, where, and what helps. */
export function faultText({ problem: { detail, field, hint } }: Fault): string {
  const named = field === undefined || detail.includes(field);
  const lines = [`haggle: ${detail}`];
  if (!named) lines.push(`  at: ${field}`);
  if (hint !== undefined) lines.push(`  try: ${hint}`);
  return `${lines.join('\n')}\n`;
}
