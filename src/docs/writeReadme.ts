import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/packageRoot.ts';
import { renewReadme } from './readmeSections.ts';

const file = join(packageRoot, 'README.md');
writeFileSync(file, renewReadme(readFileSync(file, 'utf8')));
