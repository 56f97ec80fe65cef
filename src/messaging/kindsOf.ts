import type { AvroSchema } from './avroSchema.ts';

/** Names of the kinds of message that a schema with a union `body` has. */
export function kindsOf({ text }: AvroSchema): string[] {
  const { fields } = JSON.parse(text) as { fields: { name: string; type: unknown }[] };
  const body = fields.find(({ name }) => name === 'body')?.type;
  return Array.isArray(body) ? (body as { name: string }[]).map(({ name }) => name) : [];
}
