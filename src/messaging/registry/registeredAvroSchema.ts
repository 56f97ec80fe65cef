import { messageOf } from '../../ops/errors.ts';
import { type AvroSchema, parseAvroSchema } from '../avroSchema.ts';
import type { RegisteredText } from './registryClient.ts';

/** The Avro schema that a registry gave, or what it is instead. */
export function registeredAvroSchema({
  schema,
  schemaType = 'AVRO',
}: RegisteredText): AvroSchema | string {
  if (schemaType !== 'AVRO') return `is a schema of type ${schemaType}`;
  try {
    return parseAvroSchema(schema);
  } catch (error) {
    return `is no whole Avro schema: ${messageOf(error)}`;
  }
}
