import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/packageRoot.ts';
import { dumpSchema } from '../storage/dumpSchema.ts';
import { testDatabase } from './testDatabase.ts';

const database = await testDatabase();
try {
  writeFileSync(join(packageRoot, 'migrations', 'schema.sql'), await dumpSchema(database.settings));
} finally {
  await database.close();
}
