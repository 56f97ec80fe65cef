/** An Avro schema as JSON. */
type AvroJson = string | AvroJson[] | SchemaObject;
interface SchemaObject {
  type: AvroJson;
  name?: string;
  namespace?: string;
  logicalType?: string;
  fields?: { name: string; type: AvroJson }[];
  symbols?: string[];
  size?: number;
  items?: AvroJson;
  values?: AvroJson;
}

const primitives = new Set('null boolean int long float double bytes string'.split(' '));

/**
 * How a primitive type with a logical type is written. `plain`: `"long"`, as the specification has
 * it, and with it avsc, Java and fastavro. `wrapped`: `{"type":"long"}`, as Python's avro, Rust's
 * apache-avro and goavro leave it. `logical`: with its `logicalType`, as hamba does.
 */
export type CanonicalStyle = 'plain' | 'wrapped' | 'logical';
export const canonicalStyles: readonly CanonicalStyle[] = ['plain', 'wrapped', 'logical'];

/** The parsing canonical form of a schema, the text that fingerprints are made of. */
export function canonicalForm(text: string, style: CanonicalStyle): string {
  return JSON.stringify(formOf(JSON.parse(text) as AvroJson, '', style));
}

function formOf(schema: AvroJson, namespace: string, style: CanonicalStyle): unknown {
  if (typeof schema === 'string') return fullName(schema, namespace);
  if (Array.isArray(schema)) return schema.map((one) => formOf(one, namespace, style));
  const { type, logicalType, items, values } = schema;
  if (schema.name !== undefined) return namedForm(schema, schema.name, namespace, style);
  if (items !== undefined) return { type, items: formOf(items, namespace, style) };
  if (values !== undefined) return { type, values: formOf(values, namespace, style) };
  if (typeof type !== 'string' || logicalType === undefined || style === 'plain') {
    return formOf(type, namespace, style);
  }
  return style === 'wrapped' ? { type } : { type, logicalType };
}

function namedForm(
  { type, fields, symbols, size, namespace = '' }: SchemaObject,
  given: string,
  outer: string,
  style: CanonicalStyle,
): unknown {
  const name = fullName(given, namespace || outer);
  const own = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const forms = fields?.map((one) => ({ name: one.name, type: formOf(one.type, own, style) }));
  // What is undefined is left out of the JSON.
  return { name, type, fields: forms, symbols, size };
}

function fullName(name: string, namespace: string): string {
  if (primitives.has(name) || name.includes('.') || namespace === '') return name;
  return `${namespace}.${name}`;
}
