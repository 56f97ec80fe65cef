import type avro from 'avsc';
import { type AvroSchema, loadAvroSchema } from '../messaging/avroSchema.ts';
import { canonicalStyles } from '../messaging/canonicalForm.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { encodeSingleObject } from '../messaging/singleObject.ts';
import { strictSchemas } from '../messaging/strictSchema.ts';
import { fingerprintsOf } from '../messaging/writerSchemas.ts';

const partitions = 12;
/** Half of them go elsewhere where a client's murmur2 takes the hash for unsigned. */
const keys = ['85123A', 'BANK CHARGES', 'gift_0001_20', 'tea', 'o-1', 'POST', '22423', 'M', 'D'];
const names = ['StockCommand', 'StockEvent', 'StockLevel', 'OrderEvent', 'OrderStockEvent'];
const samples: Record<string, unknown> = {
  sku: 'tea',
  location: 'main',
  orderId: 'o-1',
  commandId: 'c-1',
  eventId: 'e-1',
  quantity: 5,
};

/**
 * What a program in another language can hold its own Avro and Kafka clients against: where keys
 * go, what the schemas' fingerprints are, and a message of each kind with the bytes of its value.
 */
export function vectors(): string {
  const schemas = [...names, ...strictSchemas.map((name) => `strict/${name}`)];
  const text = {
    partitions: Object.fromEntries(keys.map((key) => [key, partitionOf(key, partitions)])),
    partitionCount: partitions,
    fingerprints: Object.fromEntries(
      schemas.map((name) => {
        const all = fingerprintsOf(loadAvroSchema(name));
        return [name, Object.fromEntries(canonicalStyles.map((style, at) => [style, all[at]]))];
      }),
    ),
    messages: schemas.flatMap((name) => messagesOf(name, loadAvroSchema(name))),
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

function messagesOf(schemaName: string, schema: AvroSchema) {
  const { fields } = schema.type as avro.types.RecordType;
  const body = fields.find(({ name }) => name === 'body')?.type;
  const kinds = body ? (body as avro.types.WrappedUnionType).types : [undefined];
  return kinds.map((kind) => {
    const value = recordOf(schema.type) as Record<string, unknown>;
    if (kind) {
      value.body = { [kind.branchName ?? '']: recordOf(kind) };
      if ('kind' in value) value.kind = kind.branchName?.replace('onhand.', '');
    }
    return { schema: schemaName, value, hex: encodeSingleObject(schema, value).toString('hex') };
  });
}

function recordOf(type: avro.Type): object {
  const { fields } = type as avro.types.RecordType;
  return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field.name, field.type)]));
}

function sampleOf(name: string, type: avro.Type): unknown {
  if (name in samples) return samples[name];
  switch (type.typeName) {
    case 'record':
      return recordOf(type);
    case 'array':
      return [sampleOf('', (type as avro.types.ArrayType).itemsType)];
    case 'enum':
      return (type as avro.types.EnumType).symbols[0];
    case 'union:unwrapped':
      return sampleOf('', (type as avro.types.UnwrappedUnionType).types.at(-1)!);
    case 'string':
      return 'text';
    case 'boolean':
      return true;
    default:
      return 7;
  }
}
