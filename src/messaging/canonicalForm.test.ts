import { expect } from 'chai';
import { parseAvroSchema } from './avroSchema.ts';
import { canonicalForm } from './canonicalForm.ts';

const schemas = [
  { type: 'record', name: 'A', namespace: 'x', fields: [{ name: 'a', type: 'long', default: 1 }] },
  { type: 'record', name: 'y.A', namespace: 'x', fields: [{ name: 'a', type: ['null', 'int'] }] },
  {
    type: 'record',
    name: 'A',
    fields: [
      { name: 'a', type: { type: 'fixed', name: 'F', namespace: 'z', size: 4, doc: 'four' } },
      { name: 'b', type: { type: 'map', values: { type: 'array', items: 'z.F' } } },
      { name: 'c', type: { type: 'enum', name: 'E', symbols: ['p', 'q'], default: 'p' } },
      { name: 'd', type: { type: 'string', logicalType: 'uuid' } },
      { name: 'e', type: ['null', 'A'] },
    ],
  },
];

describe('canonicalForm', () => {
  it('is what avsc makes of a schema', () => {
    for (const schema of schemas) {
      const text = JSON.stringify(schema);
      expect(canonicalForm(text, 'plain')).to.equal(
        JSON.stringify(parseAvroSchema(text).type.schema()),
      );
    }
  });
});
