import { errorTable } from '@sluice/core';
import { z } from 'zod';
import { allContracts } from './http/all.ts';
import type { Contract } from './http/contract.ts';
import { errorBody } from './http/error-body.ts';

const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Record<string, unknown> => {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  return schema;
};

const isNone = (type: z.ZodType): boolean => type.safeParse(undefined).success && !type.safeParse({}).success;

/** The OpenAPI 3.1 document of the whole API, made from the contracts. */
export function openApi(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const c of allContracts) {
    const path = c.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][c.method.toLowerCase()] = operation(c);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sluice', version, description: 'Config center and circuit-breaker control plane.' },
    paths,
    components: {
      schemas: { Error: schemaOf(errorBody, 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'sluice_session' },
      },
    },
  };
}

function parametersIn(place: 'path' | 'query', type: z.ZodType): unknown[] {
  const schema = schemaOf(type, 'input') as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (schema.required ?? []).includes(name),
    schema: property,
  }));
}

const header = (name: string, required: boolean, description: string): unknown => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});

function operation(c: Contract): Record<string, unknown> {
  const errors = new Set<keyof typeof errorTable>(c.errors ?? []);
  if (c.access !== 'public') errors.add('unauthenticated').add('not_found');
  if (!isNone(c.body)) errors.add('malformed_request').add('not_json').add('invalid');
  if (c.ifMatch) errors.add('precondition_required').add('base_moved');
  const byStatus = new Map<number, string[]>();
  for (const code of errors) {
    const { status } = errorTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return {
    operationId: c.id,
    summary: c.summary,
    description: `Needs: ${c.access}.`,
    security:
      c.access === 'public' ? [] : [{ token: [] }, ...(c.access === 'client' ? [] : [{ session: [] }])],
    parameters: [
      ...parametersIn('path', c.params),
      ...parametersIn('query', c.query),
      ...(c.ifMatch ? [header('If-Match', true, 'The ETag that this write is based on.')] : []),
      ...(c.idempotent
        ? [header('Idempotency-Key', false, 'Makes a retry safe: it gets the first answer.')]
        : []),
    ],
    ...(isNone(c.body)
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(c.body, 'input') } },
          },
        }),
    responses: {
      [c.status]: isNone(c.response)
        ? { description: 'Done' }
        : {
            description: 'Success',
            content: { 'application/json': { schema: schemaOf(c.response, 'output') } },
          },
      ...Object.fromEntries(
        [...byStatus].map(([status, codes]) => [
          status,
          {
            description: codes.join(', '),
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        ]),
      ),
    },
  };
}
