/** An Avro schema as JSON, as far as ours use the language. */
type AvroJson = string | AvroJson[] | NamedSchema | LogicalSchema | ArraySchema;
interface LogicalSchema {
  type: string;
  logicalType?: string;
}
interface ArraySchema {
  type: 'array';
  items: AvroJson;
}
interface NamedSchema {
  type: 'record' | 'enum';
  name: string;
  namespace?: string;
  fields?: { name: string; type: AvroJson }[];
  symbols?: string[];
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
  if (typeof schema === 'string') return primitives.has(schema) ? schema : `${namespace}.${schema}`;
  if (Array.isArray(schema)) return schema.map((one) => formOf(one, namespace, style));
  if ('name' in schema) {
    const { type, fields, symbols, namespace: own = namespace } = schema;
    const name = own === '' ? schema.name : `${own}.${schema.name}`;
    if (type === 'enum') return { name, type, symbols };
    const forms = fields?.map((one) => ({ name: one.name, type: formOf(one.type, own, style) }));
    return { name, type, fields: forms };
  }
  if ('items' in schema) return { type: 'array', items: formOf(schema.items, namespace, style) };
  const { type, logicalType } = schema;
  if (logicalType === undefined || style === 'plain') return type;
  return style === 'wrapped' ? { type } : { type, logicalType };
}
