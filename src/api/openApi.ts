import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/packageRoot.ts';
import { packageVersion } from '../config/packageVersion.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  schema: Record<string, unknown>;
}

/** What is read of the document here; it is served as it stands in the file. */
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, { parameters?: Parameter[] }>>;
}

/** The description of the HTTP interface (OpenAPI 3.1), with the version of this package. */
export function loadOpenApi(): OpenApi {
  const text = readFileSync(join(packageRoot, 'schemas', 'openapi.json'), 'utf8');
  const document = JSON.parse(text) as OpenApi;
  return { ...document, info: { ...document.info, version: packageVersion } };
}

/**
 * What requests to a path must be like, for the framework to check: just as they are described.
 * Query parameters that are not described are refused, so that a misspelt one is not passed over.
 */
export function requestSchema(document: OpenApi, path: string): Record<string, object> {
  const parameters = document.paths[path]?.get?.parameters ?? [];
  return { params: schemaOf(parameters, 'path'), querystring: schemaOf(parameters, 'query') };
}

function schemaOf(parameters: Parameter[], place: Parameter['in']): object {
  const here = parameters.filter((parameter) => parameter.in === place);
  return {
    type: 'object',
    additionalProperties: false,
    required: here.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(here.map(({ name, schema }) => [name, schema])),
  };
}
