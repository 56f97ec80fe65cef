/** A program by others that a benchmark installs when it is named; never a dependency of onhand. */
export interface RivalLicence {
  name: string;
  version: string;
  licence: string;
}

/** What the rivals' benchmarks download, and on what terms. */
export const rivalLicences = {
  restateServer: {
    name: 'Restate server',
    version: '1.7.12',
    licence: 'Business Source License 1.1, Apache-2.0 four years after each release',
  },
  restateSdk: { name: 'Restate SDK for TypeScript', version: '1.17.2', licence: 'MIT' },
  debezium: { name: 'Debezium', version: '3.6.1.Final', licence: 'Apache-2.0' },
  seata: { name: 'Seata', version: '2.0.0', licence: 'Apache-2.0' },
} as const satisfies Record<string, RivalLicence>;

/** One sentence for the note below a table. */
export function licenceNote(rivals: readonly RivalLicence[]): string {
  return rivals.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join(', ');
}
