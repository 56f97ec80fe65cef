import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/packageRoot.ts';
import { loadAvroSchema, schemaFolder } from '../messaging/avroSchema.ts';
import { strictSchema, strictSchemas } from '../messaging/strictSchema.ts';
import { renewReadme } from './readmeSections.ts';
import { vectors } from './vectors.ts';

const file = join(packageRoot, 'README.md');
writeFileSync(file, renewReadme(readFileSync(file, 'utf8')));
for (const name of strictSchemas) {
  const text = strictSchema(loadAvroSchema(name));
  writeFileSync(join(schemaFolder, 'strict', `${name}.avsc`), text);
}
writeFileSync(join(schemaFolder, 'vectors.json'), vectors());
