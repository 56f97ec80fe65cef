import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../src/config/packageRoot.ts';
import { licenceNote, rivalLicences } from './licences.ts';

describe('rivalLicences', () => {
  const builds: [folder: string, version: string][] = [
    ['debezium', rivalLicences.debezium.version],
    ['seata/server', rivalLicences.seata.version],
    ['seata/client', rivalLicences.seata.version],
  ];
  for (const [folder, version] of builds) {
    it(`names the version that ${folder} is built with`, () => {
      const pom = readFileSync(join(packageRoot, 'bench', 'rivals', folder, 'pom.xml'), 'utf8');
      expect(pom).to.include(`<rival.version>${version}</rival.version>`);
    });
  }

  it('are told in one sentence', () => {
    const note = licenceNote([rivalLicences.debezium, rivalLicences.restateSdk]);
    expect(note).to.equal(
      'Debezium 3.6.1.Final (Apache-2.0), Restate SDK for TypeScript 1.17.2 (MIT)',
    );
  });
});
