// One entrance for every request, whether it came by HTTP or from a screen: find the route, know the
// caller, parse the body, then answer or hand a command to the loop.
import type { Actor } from '../../engine/market/commands.ts';
import type { Market } from '../../engine/market/state.ts';
import { problem, type Problem } from '../../engine/protocol/problems.ts';
import { Invalid, read } from '../../engine/protocol/shape.ts';
import type { IdempotencyKey, Loop, Reply } from '../loop.ts';
import { problemReply, storageFull } from '../loop.ts';
import { type Context, createMatcher, type Outcome, type Ready, type Route } from './route.ts';
import { agentRoutes } from './routes/agents.ts';
import { callRoutes } from './routes/calls.ts';
import { hostRoutes } from './routes/host.ts';
import { leaseRoutes } from './routes/leases.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { resourceRoutes } from './routes/resources.ts';
import type { Services } from './services.ts';

export const ROUTES: readonly Route[] = [
  ...hostRoutes,
  ...agentRoutes,
  ...resourceRoutes,
  ...callRoutes,
  ...leaseRoutes,
  ...ledgerRoutes,
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
}

export interface Gateway {
  /** Answers exactly once; for a command, after its commit. */
  handle(request: Request, answer: (a: Answer) => void): void;
}

const JSON_TYPE = 'application/json';
export const PROBLEM_TYPE = 'application/problem+json';

export function createGateway(loop: Loop, services: Services, wake: () => void): Gateway {
  const matcher = createMatcher(ROUTES);

  function handle(request: Request, answer: (a: Answer) => void): void {
    const found = prepare(request);
    if ('code' in found) return answer(problemAnswer(found));
    // A key that was used answers as it did, whatever has changed since.
    const old = request.key === null ? null : loop.known(request.key);
    if (old !== null) return answer(typed(old));
    let outcome: Outcome;
    try {
      outcome = found.route.handle(found.context);
    } catch (e) {
      if (!(e instanceof Invalid)) throw e;
      return answer(problemAnswer(e.problem));
    }
    settle(outcome, request, found.context, answer);
  }

  function prepare(request: Request): { route: Route; context: Context } | Problem {
    const mark = request.url.indexOf('?');
    const path = mark < 0 ? request.url : request.url.slice(0, mark);
    const found = matcher.find(request.method, path);
    if (found === null) return problem('not-found', `there is no route ${path.slice(0, 100)}`);
    if (found === 'no-method') {
      return problem('method-not-allowed', `${request.method} is not a method of this route`);
    }
    const { route, params } = found;
    const market = loop.market();
    const refusal = mayUse(route, request.actor, market);
    if (refusal !== null) return refusal;
    const actor: Actor = request.actor ?? { kind: 'host' };
    let body: unknown;
    if (route.body !== undefined) {
      const parsed = read(route.body, request.body ?? {});
      if (!parsed.ok) return parsed.problem;
      body = parsed.value;
    }
    const viewer = actor.kind === 'agent' ? { agentId: actor.id } : ('operator' as const);
    const query = new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1));
    return { route, context: { actor, viewer, params, query, body, services, market } };
  }

  function settle(
    outcome: Outcome,
    request: Request,
    context: Context,
    answer: (a: Answer) => void,
  ): void {
    if (outcome instanceof Promise) {
      outcome.then(
        (ready) => settle(ready, request, context, answer),
        (e: unknown) => answer(problemAnswer(problem('internal-error', message(e)))),
      );
    } else if ('problem' in outcome) answer(problemAnswer(outcome.problem));
    else if ('status' in outcome) answer(readyAnswer(outcome));
    else if (services.storageFull()) answer(problemAnswer(storageFull));
    else {
      const { command, show, note } = outcome;
      const reply = (r: Reply): void => answer(typed(r));
      const more = note === undefined ? {} : { note };
      const { actor } = context;
      if (loop.submit({ actor, body: command, key: request.key, show, reply, ...more })) wake();
      else answer(problemAnswer(problem('overloaded', 'too many commands are waiting')));
    }
  }

  return { handle };
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
  return { ...problemReply(p), type: PROBLEM_TYPE };
}
