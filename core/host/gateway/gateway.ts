// One entrance for every request, by HTTP or from a screen: find the route, know the caller, parse
// the body, then answer or hand a command to the loop.
import type { Actor } from '../../engine/market/commands.ts';
import type { Market } from '../../engine/market/state.ts';
import { problem, type Problem, type ProblemCode } from '../../engine/protocol/problems.ts';
import { Invalid, read } from '../../engine/protocol/shape.ts';
import type { IdempotencyKey, Loop, Reply, Submission } from '../loop.ts';
import { keyConflict, problemReply, storageFull } from '../loop.ts';
import { createOnce } from './once.ts';
import {
  type Context,
  createMatcher,
  type Matcher,
  type Outcome,
  type Ready,
  type Route,
} from './route.ts';
import { agentRoutes } from './routes/agents.ts';
import { bargainingRoutes } from './routes/bargaining.ts';
import { callRoutes } from './routes/calls.ts';
import { hostRoutes } from './routes/host.ts';
import { labRoutes } from './routes/lab.ts';
import { leaseRoutes } from './routes/leases.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { resourceRoutes } from './routes/resources.ts';
import type { Services } from './services.ts';

export const ROUTES: readonly Route[] = [
  ...hostRoutes,
  ...agentRoutes,
  ...resourceRoutes,
  ...callRoutes,
  ...bargainingRoutes,
  ...leaseRoutes,
  ...ledgerRoutes,
  ...labRoutes,
];

export interface Request {
  method: string;
  /** Path and query, as in the request line. */
  url: string;
  /** Null for a stranger. */
  actor: Actor | null;
  /** The parsed JSON body; undefined when there was none. */
  body: unknown;
  key: IdempotencyKey | null;
}

export interface Answer extends Reply {
  type: string;
  headers?: Readonly<Record<string, string>>;
}

export interface Gateway {
  /** Answers exactly once; for a command, after its commit. */
  handle(request: Request, answer: (a: Answer) => void): void;
}

const JSON_TYPE = 'application/json';
export const PROBLEM_TYPE = 'application/problem+json';

export function createGateway(loop: Loop, services: Services, wake: () => void): Gateway {
  const matcher = createMatcher(ROUTES);
  const once = createOnce<Answer>();

  function handle(request: Request, answer: (a: Answer) => void): void {
    const found = prepare(matcher, loop.market(), services, request);
    if ('status' in found) return answer(found);
    // A key that was used answers as it did, whatever has changed since.
    const old = request.key === null ? null : loop.known(request.key);
    if (old !== null) return answer(typed(old));
    const go = (done: (a: Answer) => void): void => perform(found, request.key, done);
    if (!once.run(request.key, answer, go)) answer(problemAnswer(keyConflict));
  }

  function perform(found: Found, key: IdempotencyKey | null, answer: (a: Answer) => void): void {
    let outcome: Outcome;
    try {
      outcome = found.route.handle(found.context);
    } catch (e) {
      if (!(e instanceof Invalid)) throw e;
      return answer(problemAnswer(e.problem));
    }
    settle(outcome, key, found.context, answer);
  }

  function settle(
    outcome: Outcome,
    key: IdempotencyKey | null,
    context: Context,
    answer: (a: Answer) => void,
  ): void {
    if (outcome instanceof Promise) {
      outcome.then(
        (ready) => settle(ready, key, context, answer),
        (e: unknown) => answer(problemAnswer(problem('internal-error', message(e)))),
      );
    } else if ('problem' in outcome) answer(problemAnswer(outcome.problem));
    else if ('status' in outcome) remember(readyAnswer(outcome), key, context, answer);
    else if (services.storageFull()) answer(problemAnswer(storageFull));
    else {
      const { command, show, note } = outcome;
      const more = note === undefined ? {} : { note };
      const reply = (r: Reply): void => answer(typed(r));
      enqueue({ actor: context.actor, body: command, key, show, reply, ...more }, answer);
    }
  }

  /** An answer that the journal has no part in is kept for its key all the same. */
  function remember(
    ready: Answer,
    key: IdempotencyKey | null,
    { actor }: Context,
    answer: (a: Answer) => void,
  ): void {
    if (key === null || services.storageFull()) return answer(ready);
    const reply = (r: Reply): void => answer(typed(r));
    const { status, body: text } = ready;
    const about = { actor, body: { type: 'tick' as const }, show: () => ({}) };
    enqueue({ ...about, key, ready: { status, body: text }, reply }, answer);
  }

  function enqueue(submission: Submission, answer: (a: Answer) => void): void {
    if (loop.submit(submission)) wake();
    else answer(problemAnswer(problem('overloaded', 'too many commands are waiting')));
  }

  return { handle };
}

interface Found {
  route: Route;
  context: Context;
}

/** The route of a request, its caller and its parsed body; or why there is none. */
function prepare(
  matcher: Matcher,
  market: Market,
  services: Services,
  request: Request,
): Found | Answer {
  const mark = request.url.indexOf('?');
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  const found = matcher.find(request.method, path);
  if (found === null) {
    return problemAnswer(problem('not-found', `there is no route ${path.slice(0, 100)}`));
  }
  if ('allowed' in found) {
    const detail = `${request.method} is not a method of this route`;
    const headers = { allow: found.allowed.join(', ') };
    return { ...problemAnswer(problem('method-not-allowed', detail)), headers };
  }
  const { route, params } = found;
  const refusal = mayUse(route, request.actor, market);
  if (refusal !== null) return problemAnswer(refusal);
  const actor: Actor = request.actor ?? { kind: 'host' };
  let body: unknown;
  if (route.body !== undefined) {
    const parsed = read(route.body, request.body === undefined ? {} : request.body);
    if (!parsed.ok) return problemAnswer(parsed.problem);
    body = parsed.value;
  }
  const viewer = actor.kind === 'agent' ? { agentId: actor.id } : ('operator' as const);
  const query = new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1));
  return { route, context: { actor, viewer, params, query, body, services, market } };
}

const typed = (r: Reply): Answer => ({ ...r, type: r.status >= 400 ? PROBLEM_TYPE : JSON_TYPE });
const message = (e: unknown): string => (e instanceof Error ? e.message : String(e));

function mayUse(route: Route, actor: Actor | null, market: Market): Problem | null {
  if (route.who === 'anyone') return null;
  if (actor === null) {
    return problem('unauthorized', 'this route needs a token', {
      hint: 'send Authorization: Bearer <token>',
    });
  }
  if (actor.kind === 'agent' && !market.agents.has(actor.id)) {
    return problem('unauthorized', 'the agent of this token is not known here');
  }
  if (route.who === 'operator' && actor.kind === 'agent') {
    return problem('forbidden', 'only the operator can do that');
  }
  if (route.who === 'agent' && actor.kind !== 'agent') {
    const hint = 'use an agent’s token; POST /v1/agents makes one';
    return problem('forbidden', 'only an agent can do that', { hint });
  }
  return null;
}

function readyAnswer({ status, body, text }: Ready): Answer {
  if (text !== undefined) return { status, body: text.content, type: text.type };
  return { status, body: JSON.stringify(body), type: JSON_TYPE };
}

export function problemAnswer(p: Problem): Answer {
  const headers = HEADERS[p.code];
  const answer = { ...problemReply(p), type: PROBLEM_TYPE };
  return headers === undefined ? answer : { ...answer, headers };
}

/** What RFC 9110 wants beside some statuses. */
const HEADERS: Partial<Record<ProblemCode, Readonly<Record<string, string>>>> = {
  unauthorized: { 'www-authenticate': 'Bearer' },
  overloaded: { 'retry-after': '1' },
};
