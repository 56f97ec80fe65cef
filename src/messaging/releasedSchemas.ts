import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AvroSchema, parseAvroSchema, schemaFolder } from './avroSchema.ts';

/** A schema as a released version of onhand had it. */
export interface ReleasedSchema {
  version: string;
  schema: AvroSchema;
}

const folder = join(schemaFolder, 'released');

/** All of `schemas/released/VERSION/NAME.avsc`, or those of one name, the oldest version first. */
export function releasedSchemas(name?: string): ReleasedSchema[] {
  const versions = readdirSync(folder).sort((one, other) =>
    one.localeCompare(other, 'en', { numeric: true }),
  );
  return versions.flatMap((version) =>
    readdirSync(join(folder, version))
      .filter((file) => (name === undefined ? file.endsWith('.avsc') : file === `${name}.avsc`))
      .map((file) => {
        const text = readFileSync(join(folder, version, file), 'utf8');
        return { version, schema: parseAvroSchema(text) };
      }),
  );
}
