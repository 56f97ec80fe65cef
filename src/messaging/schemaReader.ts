import type { Schema, Type } from 'avsc';
import avro from 'avsc';
import { messageOf } from '../ops/errors.ts';
import type { AvroSchema } from './avroSchema.ts';
import { DecodeError } from './decodeError.ts';

/** Reads a body that was written with another schema than it is read by. */
export type SchemaReader = (body: Buffer) => unknown;

interface RecordSchema {
  fields: { name: string; type: Schema }[];
}

/**
 * Reads by `schema` what was written with `writer`, as the Avro specification resolves them: fields
 * by name, missing ones by their default, unknown ones left out. Kinds in the union `body` that
 * `schema` does not have only matter where a message is of one: then the reader throws
 * UNKNOWN_KIND. Throws UNREADABLE_SCHEMA when the two cannot be resolved.
 */
export function schemaReader(schema: AvroSchema, writer: AvroSchema): SchemaReader {
  const added = addedKinds(schema, writer);
  try {
    const type = added.length === 0 ? schema.type : withKinds(schema, added);
    const resolver = type.createResolver(writer.type);
    const read = (body: Buffer): unknown => type.fromBuffer(body, resolver);
    return added.length === 0 ? read : (body) => requireKnownKind(schema, read(body));
  } catch (error) {
    const fingerprint = writer.fingerprint.toString('hex');
    throw new DecodeError(
      'UNREADABLE_SCHEMA',
      `${schema.name} cannot be read from schema ${fingerprint}: ${messageOf(error)}`,
    );
  }
}

/** Why not all that is written with `writer` can be read by `schema`; undefined when it can. */
export function whyUnreadable(schema: AvroSchema, writer: AvroSchema): string | undefined {
  try {
    schema.type.createResolver(writer.type);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Branches of the union `body` that only the writer has. */
function addedKinds(schema: AvroSchema, writer: AvroSchema): Type[] {
  const own = bodyTypes(schema.type).map(({ branchName }) => branchName);
  if (own.length === 0) return [];
  return bodyTypes(writer.type).filter(({ branchName }) => !own.includes(branchName));
}

function bodyTypes(type: Type): Type[] {
  if (!avro.Type.isType(type, 'record')) return [];
  const body = (type as avro.types.RecordType).fields.find(({ name }) => name === 'body')?.type;
  return body && avro.Type.isType(body, 'union') ? (body as avro.types.WrappedUnionType).types : [];
}

function withKinds(schema: AvroSchema, kinds: Type[]): Type {
  const record = JSON.parse(schema.text) as RecordSchema;
  const body = record.fields.find(({ name }) => name === 'body');
  // Types among the JSON keep their own names, which may be those of types in the JSON.
  if (body) body.type = [...(body.type as Schema[]), ...kinds] as Schema;
  return avro.Type.forSchema(record as unknown as Schema);
}

function requireKnownKind(schema: AvroSchema, value: unknown): unknown {
  const [kind = ''] = Object.keys((value as { body: object }).body);
  if (bodyTypes(schema.type).some(({ branchName }) => branchName === kind)) return value;
  throw new DecodeError('UNKNOWN_KIND', `${kind} is no kind of ${schema.name} that is known here`);
}
