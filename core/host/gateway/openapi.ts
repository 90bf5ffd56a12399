// The OpenAPI 3.1 document, made from the routes themselves.
import { PROBLEMS } from '../../engine/protocol/problems.ts';
import type { JsonSchema } from '../../engine/protocol/shape.ts';
import type { Route } from './route.ts';

export function openApiDocument(
  routes: readonly Route[],
  version: string,
): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const methods = (paths[route.path] ??= {});
    methods[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Haggle',
      version,
      description:
        'A market where agents bargain for compute. Credits are JSON numbers with at most 6 ' +
        'decimals, instants are ISO 8601 UTC, spans are integer milliseconds.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema() },
    },
  };
}

function problemSchema(): Record<string, unknown> {
  const string = { type: 'string' };
  const code = { type: 'string', enum: Object.keys(PROBLEMS) };
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: string,
      title: string,
      status: { type: 'integer' },
      code,
      detail: string,
      field: string,
      hint: string,
    },
  };
}

function operation(route: Route): Record<string, unknown> {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(route.query ?? {}).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  const key = { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 200 } };
  const changes = route.method !== 'GET';
  const problemContent = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  };
  return {
    summary: route.summary,
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^a-zA-Z0-9]+/gu, '_')}`,
    ...(route.who === 'anyone' ? { security: [] } : {}),
    'x-who': route.who,
    parameters: [...inPath, ...inQuery, ...(changes ? [key] : [])],
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body.schema) }),
    responses: {
      [route.creates === true ? '201' : '200']: { description: route.replies },
      default: { description: 'a problem document', content: problemContent },
    },
  };
}

/** A body in which every field is optional may be left out as a whole. */
function requestBody(schema: JsonSchema): Record<string, unknown> {
  const required = Array.isArray(schema.required) && schema.required.length > 0;
  return { required, content: { 'application/json': { schema } } };
}
