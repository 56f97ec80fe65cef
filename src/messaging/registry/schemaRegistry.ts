import { InvariantError } from '../../ops/errors.ts';
import type { AvroSchema } from '../avroSchema.ts';
import { addWriterSchema } from '../writerSchemas.ts';
import { fingerprintOf, schemaIdOf, toConfluent, toSingleObject } from './confluentFraming.ts';
import { registeredAvroSchema } from './registeredAvroSchema.ts';
import type { RegistryClient } from './registryClient.ts';

/** How long an id that the registry does not know is not asked for again. */
const unknownMs = 60_000;

interface Valued {
  value: Buffer | null;
}

/**
 * The schemas of a registry, and the two ways through it: inside, bytes are single-object encoded
 * whatever the setting; on Kafka they name their schema by its id in the registry.
 */
export class SchemaRegistry {
  readonly #client: RegistryClient;
  readonly #ids = new Map<string, number>();
  readonly #fingerprints = new Map<number, Buffer>();
  /** Ids without a readable schema, with the time until which that is believed. */
  readonly #unknown = new Map<number, number>();

  constructor(client: RegistryClient) {
    this.#client = client;
  }

  /** Of several ids for one schema (its documentation was changed) the last one is written. */
  add(id: number, schema: AvroSchema): void {
    addWriterSchema(schema);
    this.#ids.set(schema.fingerprint.toString('hex'), id);
    this.#fingerprints.set(id, schema.fingerprint);
  }

  /** A single-object encoded value as it goes to Kafka. */
  framed(value: Buffer): Buffer {
    const id = this.#ids.get(fingerprintOf(value));
    if (id === undefined) {
      throw new InvariantError(`schema ${fingerprintOf(value)} was not looked up in the registry`);
    }
    return toConfluent(value, id);
  }

  /** Ids in records from Kafka that have to be learned before the records are read. */
  unlearned(records: readonly Valued[]): Set<number> {
    const ids = new Set<number>();
    for (const { value } of records) {
      const id = schemaIdOf(value);
      if (id === undefined || this.#fingerprints.has(id)) continue;
      if ((this.#unknown.get(id) ?? 0) < performance.now()) ids.add(id);
    }
    return ids;
  }

  /**
   * Fetches the schemas with these ids. Resolves also when there are none: then values that name
   * them stay as they are. Throws the client's errors when the registry cannot tell.
   */
  async learn(ids: Iterable<number>): Promise<void> {
    const now = performance.now();
    for (const [id, until] of this.#unknown) if (until < now) this.#unknown.delete(id);
    for (const id of ids) {
      const given = await this.#client.schemaById(id);
      const schema = given && registeredAvroSchema(given);
      if (schema && typeof schema !== 'string') {
        addWriterSchema(schema);
        this.#fingerprints.set(id, schema.fingerprint);
      } else {
        this.#unknown.set(id, performance.now() + unknownMs);
      }
    }
  }

  /** A value from Kafka as decoders take it; what names no learned id stays as it is. */
  plain(value: Buffer | null): Buffer | null {
    const id = schemaIdOf(value);
    const fingerprint = id === undefined ? undefined : this.#fingerprints.get(id);
    return value && fingerprint ? toSingleObject(value, fingerprint) : value;
  }

  /** Records from Kafka with values as decoders take them; learns what it needs. */
  async plainRecords<Message extends Valued>(records: readonly Message[]): Promise<Message[]> {
    await this.learn(this.unlearned(records));
    return records.map((record) => ({ ...record, value: this.plain(record.value) }));
  }
}
