import { expect } from 'chai';
import { type FastifyRequest, fastify } from 'fastify';
import type { OpenApi } from '../api/openApi.ts';

type Described = Record<string, { content?: Record<string, { schema: object }> }>;

/**
 * Expects an answer to be one that the document describes for this path and status, down to every
 * field.
 */
export async function expectDescribed(
  document: OpenApi,
  path: string,
  response: Response,
): Promise<void> {
  const { status } = response;
  const { responses } = (document.paths[path]?.get ?? {}) as { responses?: Described };
  const type = (response.headers.get('content-type') ?? '').replace(/;.*/, '');
  const schema = responses?.[status]?.content?.[type]?.schema;
  expect(schema, `${path} with ${status} and ${type} is described`).to.be.an('object');
  const text = await response.clone().text();
  const body: unknown = type === 'application/json' ? JSON.parse(text) : text;
  expect(await faultsOf(document, schema!, body), `${path} with ${status}: ${text}`).to.be.empty;
}

/** What is wrong with a body, by the validator that the HTTP framework brings. */
async function faultsOf(document: OpenApi, schema: object, body: unknown): Promise<unknown[]> {
  // A body is to be taken as it is. `components` is a keyword of OpenAPI, not of JSON Schema.
  const asItIs = { coerceTypes: false, removeAdditional: false, useDefaults: false } as const;
  const app = fastify({ ajv: { customOptions: { ...asItIs, strict: false } } });
  const { components } = document as unknown as { components: object };
  let faults: unknown[] = [];
  app.get('/', (request: FastifyRequest) => {
    // With the components beside it, `#/components/…` leads to them.
    const isValid = request.compileValidationSchema({ ...schema, components });
    faults = isValid(body) ? [] : (isValid.errors ?? [{ message: 'invalid' }]);
    return {};
  });
  const { statusCode, body: problem } = await app.inject('/');
  if (statusCode !== 200) throw new Error(problem);
  await app.close();
  return faults;
}
