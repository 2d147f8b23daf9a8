import { describe, expect, it } from '@jest/globals';
import { allContracts } from './http/all.ts';
import { openApi } from './openapi.ts';

interface Operation {
  operationId: string;
  summary: string;
  security: object[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

const document = openApi('1.2.3') as unknown as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function* schemasIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* schemasIn(child);
}

describe('openApi', () => {
  it('is OpenAPI 3.1 and plain JSON', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Sluice', version: '1.2.3' });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('has every contract at its address, and nothing else', () => {
    const listed = operations.map(
      ({ path, method, operation }) => `${operation.operationId} ${method} ${path}`,
    );
    const wanted = allContracts.map(
      (c) => `${c.id} ${c.method.toLowerCase()} ${c.path.replace(/:(\w+)/g, '{$1}')}`,
    );
    expect(listed.sort()).toEqual(wanted.sort());
  });

  it('declares every part of every path as a required parameter, each parameter once', () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((p) => p.in === 'path');
      expect(inPath.map((p) => `{${p.name}}`).sort()).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
      expect(inPath.every((p) => p.required)).toBe(true);
      const all = operation.parameters.map((p) => `${p.in} ${p.name}`);
      expect(new Set(all).size).toBe(all.length);
      for (const p of operation.parameters) expect(Object.keys(p.schema).length).toBeGreaterThan(0);
    }
  });

  it('points nowhere but into itself, and knows every type that it names', () => {
    const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
    for (const schema of schemasIn(document)) {
      if (typeof schema.$ref === 'string') expect(schema.$ref).toBe('#/components/schemas/Error');
      if (typeof schema.type === 'string' && !('in' in schema) && !('scheme' in schema))
        expect([...types, 'apiKey']).toContain(schema.type);
    }
    expect(document.components.schemas).toHaveProperty('Error');
  });

  it('says for every operation who may, what comes back, and what may go wrong', () => {
    for (const c of allContracts) {
      const { operation } = operations.find((o) => o.operation.operationId === c.id)!;
      expect(operation.security.length === 0).toBe(c.access === 'public');
      expect(operation.responses).toHaveProperty(String(c.status));
      for (const response of Object.values(operation.responses)) expect(response.description).toBeTruthy();
      if (c.access !== 'public') expect(operation.responses).toHaveProperty('401');
      if (c.ifMatch) {
        expect(operation.responses).toHaveProperty('412');
        expect(operation.responses).toHaveProperty('428');
        expect(operation.parameters).toContainEqual(
          expect.objectContaining({ name: 'If-Match', required: true }),
        );
      }
    }
  });

  it('shows the fields of a body as a caller writes them', () => {
    const publish = operations.find((o) => o.operation.operationId === 'importApp')!.operation;
    const body = publish.requestBody!.content['application/json']!.schema as {
      required: string[];
      properties: Record<string, { type?: string; default?: unknown }>;
    };
    expect(body.required).toEqual(['namespaces']);
    expect(body.properties.dryRun).toMatchObject({ type: 'boolean', default: false });
  });
});
