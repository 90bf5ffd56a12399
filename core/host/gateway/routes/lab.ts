import { LIMITS } from '../../../engine/base/limits.ts';
import type { Of } from '../../../engine/protocol/bodies.ts';
import { anyJson, integer, object, optional, text } from '../../../engine/protocol/shape.ts';
import { problem } from '../../../engine/protocol/problems.ts';
import { no, ok, type Route } from '../route.ts';

const labRun = object({
  experiment: text({ max: 60, pattern: '^[a-z][a-z0-9-]*$' }),
  seed: optional(integer(0, 2 ** 32 - 1)),
  /** A value for some of the experiment's settings: {"delta1": 0.9}. */
  settings: optional(anyJson(4096)),
  input: optional(anyJson(LIMITS.outputBytesMax)),
});

export const labRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/lab/experiments',
    who: 'token',
    summary: 'Lists the experiments of the lab, with their settings',
    replies: 'experiments',
    handle: async ({ services }) => ok({ experiments: await services.experiments() }),
  },
  {
    method: 'POST',
    path: '/v1/lab/runs',
    who: 'operator',
    summary: 'Runs an experiment in a thread of its own; nothing of it touches the market',
    body: labRun,
    replies: 'run',
    handle: async ({ body: b, services }) => {
      const { experiment, seed = 1, settings = {}, input = null } = b as Of<typeof labRun>;
      if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
        return no(problem('invalid-field', 'settings must be an object', { field: 'settings' }));
      }
      const fields = settings as Record<string, unknown>;
      const found = await services.runLab({ experiment, seed, settings: fields, input });
      return found.ok ? ok({ run: found.run }) : no(found.problem);
    },
  },
];
