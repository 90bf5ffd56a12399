// The closed list of things that can go wrong for a caller. Every refusal anywhere carries one of
// these codes; RFC 9457 documents are made from it.

interface Kind {
  status: number;
  title: string;
}

const kind = (status: number, title: string): Kind => ({ status, title });

export const PROBLEMS = {
  // the request itself
  'malformed-json': kind(400, 'The body is not JSON'),
  'invalid-field': kind(400, 'A field has a value that is not allowed'),
  'unknown-field': kind(400, 'A field is not known here'),
  'missing-field': kind(400, 'A required field is missing'),
  unauthorized: kind(401, 'No valid token'),
  forbidden: kind(403, 'This token may not do that'),
  'foreign-origin': kind(403, 'Requests from other web pages are refused'),
  'not-found': kind(404, 'There is no such thing here'),
  'method-not-allowed': kind(405, 'The route exists, the method does not'),
  'body-too-large': kind(413, 'The body is over the limit'),
  misdirected: kind(421, 'The Host header does not name this server'),
  // the state of the market
  'idempotency-conflict': kind(409, 'The same key came with another body'),
  'not-understood': kind(409, 'The protocol does not allow this message now'),
  'late-proposal': kind(409, 'The call no longer takes proposals'),
  'already-awarded': kind(409, 'The call has already been awarded'),
  'call-closed': kind(409, 'The call has ended'),
  'slot-taken': kind(409, 'The slots are taken for that time'),
  'insufficient-credits': kind(409, 'The credits do not suffice'),
  'not-your-turn': kind(409, 'It is the other side that has to speak'),
  'stale-round': kind(409, 'That round of the bargaining is over'),
  retraction: kind(409, 'An offer may not be worse for the other side than the one before'),
  'proposal-expired': kind(409, 'The proposal is no longer valid'),
  'above-max-price': kind(409, 'The price is above what the manager would pay'),
  'below-reserve-price': kind(409, 'The price is below the reserve price'),
  'resource-mismatch': kind(409, 'The resource does not fit the need'),
  'resource-paused': kind(409, 'The resource is not for sale now'),
  'need-already-met': kind(409, 'The need named in the bid is met or has ended'),
  'stale-epoch': kind(409, 'The epoch is not the one of this lease'),
  'lease-ended': kind(409, 'The lease has ended'),
  'name-taken': kind(409, 'The name is in use'),
  'in-use': kind(409, 'It is in use and cannot be changed now'),
  'clock-not-manual': kind(409, 'The clock of this host cannot be moved'),
  'not-available': kind(409, 'This part is not available on this host'),
  // bounds and the host
  'limit-reached': kind(429, 'A bound of the market is reached'),
  'internal-error': kind(500, 'A defect of the host'),
  overloaded: kind(503, 'The host is busy'),
  'shutting-down': kind(503, 'The host is stopping'),
  'storage-full': kind(507, 'The disk is full; nothing was changed'),
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** A refusal: what is wrong, in which field, and what to do next. */
export interface Problem {
  code: ProblemCode;
  /** One sentence for a person. */
  detail: string;
  /** Dotted path of the field at fault, such as `need.durationMs`. */
  field?: string;
  /** What would help. */
  hint?: string;
}

/** Makes a problem; empty optional parts are left out. */
export function problem(
  code: ProblemCode,
  detail: string,
  more: { field?: string; hint?: string } = {},
): Problem {
  return { code, detail, ...more };
}

/** The RFC 9457 document of a problem. */
export function problemDocument(p: Problem): Record<string, unknown> {
  const { status, title } = PROBLEMS[p.code];
  return { type: `urn:haggle:problem:${p.code}`, title, status, ...p };
}
