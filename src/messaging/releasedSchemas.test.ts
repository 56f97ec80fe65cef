import { readdirSync } from 'node:fs';
import avro from 'avsc';
import { expect } from 'chai';
import { packageVersion } from '../config/packageVersion.ts';
import { type AvroSchema, loadAvroSchema, schemaFolder } from './avroSchema.ts';
import { releasedSchemas } from './releasedSchemas.ts';
import { schemaReader } from './schemaReader.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';

const names = readdirSync(schemaFolder)
  .filter((file) => file.endsWith('.avsc'))
  .map((file) => file.replace(/\.avsc$/, ''));
const valuesOfEachKind = 20;

/** Drawn values; when the schema has kinds, some of each. */
function drawnValues({ type }: AvroSchema): object[] {
  const body = (type as avro.types.RecordType).fields.find(({ name }) => name === 'body')?.type;
  const kinds = body ? (body as avro.types.WrappedUnionType).types : [undefined];
  return kinds.flatMap((kind) =>
    Array.from({ length: valuesOfEachKind }, () => {
      const value = type.random() as object;
      if (!kind?.branchName) return value;
      return { ...value, body: { [kind.branchName]: kind.random() as object } };
    }),
  );
}

/** What both schemas know is unchanged; a field that only the reader knows has its default. */
function expectSame(read: unknown, written: unknown, path: string): void {
  if (typeof read !== 'object' || read === null || Buffer.isBuffer(read)) {
    expect(read, path).to.deep.equal(written);
    return;
  }
  const given = written as Record<string, unknown>;
  for (const [name, value] of Object.entries(read)) {
    if (name in given) expectSame(value, given[name], `${path}.${name}`);
  }
  if (path.endsWith('.body')) expect(Object.keys(read), path).to.deep.equal(Object.keys(given));
}

function expectReadable(reader: AvroSchema, writer: AvroSchema): void {
  const read = schemaReader(reader, writer);
  for (const value of drawnValues(writer)) {
    expectSame(read(writer.type.toBuffer(value)), value, reader.name);
  }
}

describe('released schemas', () => {
  const versions = [...new Set(releasedSchemas().map(({ version }) => version))];

  it('hold those of this version as they are now', () => {
    // A changed schema needs a new version, and its copy in schemas/released/.
    const released = releasedSchemas().filter(({ version }) => version === packageVersion);
    const texts = Object.fromEntries(released.map(({ schema }) => [schema.name, schema.text]));
    const present = names.map((name) => [name, loadAvroSchema(name).text]);
    expect(texts).to.deep.equal(Object.fromEntries(present));
  });

  it('are listed from the oldest version on', () => {
    expect(versions[0]).to.equal('0.1.0');
    expect(versions.at(-1)).to.equal(packageVersion);
  });

  for (const name of names) {
    const schemas = [
      ...releasedSchemas(name),
      { version: 'the present', schema: loadAvroSchema(name) },
    ];
    for (const { version: writerVersion, schema: writer } of schemas) {
      for (const { version: readerVersion, schema: reader } of schemas) {
        it(`${name} of ${writerVersion} is read by ${readerVersion}`, () => {
          expect(schemaReader(reader, writer)).to.be.a('function');
          // Strict: no kind may be missing, and no default be needed that is not there.
          expect(() => reader.type.createResolver(writer.type)).not.to.throw();
          expectReadable(reader, writer);
        });
      }
      it(`${name} of ${writerVersion} is known by its fingerprint`, () => {
        for (const value of drawnValues(writer)) {
          const bytes = encodeSingleObject(writer, value);
          expectSame(decodeSingleObject(loadAvroSchema(name), bytes), value, name);
        }
      });
    }
  }
});
