import { expect } from 'chai';
import { serversAreOurs } from '../../stack/serversAreOurs.ts';
import type { Settings } from '../config/settings.ts';
import { migrate } from '../storage/migrate.ts';
import { liveShortly } from '../testing/shortLife.ts';
import { testDatabase } from '../testing/testDatabase.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { ThrowawayMysql } from '../testing/throwawayMysql.ts';

type Defaults = Record<string, string | number>;

/** What sessions begin with on such a server; the installation lives all the same. */
const green: [string, Defaults][] = [
  ['that commits nothing by itself', { autocommit: 0 }],
  ['with safe updates', { sql_safe_updates: 1 }],
  ['that shows 100 rows of an answer', { sql_select_limit: 100 }],
  ['that joins little', { sql_big_selects: 0, max_join_size: 1 }],
  ['in which nothing is strict', { sql_mode: "''" }],
  [
    'with the quotes and backslashes of standard SQL',
    { sql_mode: "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE'" },
  ],
  ['that reads what is not committed', { transaction_isolation: "'READ-UNCOMMITTED'" }],
  ['that locks what it reads', { transaction_isolation: "'SERIALIZABLE'" }],
  ['that takes little at once', { max_allowed_packet: 4_194_304 }],
  ['that gives up after a moment', { max_execution_time: 1, innodb_lock_wait_timeout: 1 }],
  ['that ends a session with its COMMIT', { completion_type: 2 }],
  ['with tables without transactions', { default_storage_engine: "'MyISAM'" }],
  [
    'of another alphabet that wants keys',
    {
      character_set_server: "'latin1'",
      default_collation_for_utf8mb4: "'utf8mb4_general_ci'",
      sql_require_primary_key: 1,
    },
  ],
];

/** What a session cannot make good. */
const refused: [string, Defaults, string][] = [
  ['that logs statements', { binlog_format: "'STATEMENT'" }, 'MYSQL_BINLOG_FORMAT'],
  [
    'that takes next to nothing at once',
    { max_allowed_packet: 1_048_576 },
    'MYSQL_PACKET_TOO_SMALL',
  ],
  ['that is only read', { super_read_only: 1 }, 'MYSQL_READ_ONLY'],
];

describe('an installation on a server', function () {
  this.timeout(120_000);
  let server: ThrowawayMysql;
  let onhand: TestInstallation | undefined;
  before(async function () {
    if (!serversAreOurs()) this.skip();
    server = await ThrowawayMysql.start();
  });
  after(() => server?.close());
  afterEach(async () => {
    await onhand?.close();
    onhand = undefined;
  });

  const settings = (): Partial<Settings> => ({ ...server.settings, ONHAND_PARTITIONS: 1 });
  const failure = (work: Promise<unknown>) => work.then(undefined, (error: unknown) => error);

  for (const [what, defaults] of green) {
    it(`${what} lives`, async () => {
      await withDefaults(server, defaults, async () => {
        onhand = await testInstallation(settings());
        await liveShortly(onhand);
      });
    });
  }

  for (const [what, defaults, code] of refused) {
    it(`${what} is refused by name`, async () => {
      const fresh = await testDatabase(settings(), false);
      onhand = await testInstallation(settings());
      await withDefaults(server, defaults, async () => {
        for (const work of [migrate(fresh.settings), onhand!.startProcessor()]) {
          const error = await failure(work);
          expect(error).to.include({ code });
          expect(error).to.have.property('hint').that.is.not.empty;
        }
      });
      await fresh.close();
    });
  }

  it('with a table of another engine, or CHECKs that are off, is refused by name', async () => {
    onhand = await testInstallation(settings());
    const database = onhand.settings.ONHAND_MYSQL_DATABASE;
    const changes: [string, string, string][] = [
      [
        'stock_levels ALTER CHECK never_oversold NOT ENFORCED',
        'stock_levels ALTER CHECK never_oversold ENFORCED',
        'MYSQL_CHECKS_NOT_ENFORCED',
      ],
      [
        'progress DROP CHECK never_by_stale_owner',
        'progress ADD CONSTRAINT never_by_stale_owner CHECK (next_offset >= 0)',
        'MYSQL_SCHEMA_MISSING',
      ],
      ['publications ENGINE=MyISAM', 'publications ENGINE=InnoDB', 'MYSQL_ENGINE_WRONG'],
    ];
    for (const [spoil, mend, code] of changes) {
      await server.asRoot((root) => root.query(`ALTER TABLE \`${database}\`.${spoil}`));
      const error = await failure(onhand.startProcessor());
      expect(error, spoil).to.include({ code });
      expect(error).to.have.property('hint').that.is.not.empty;
      await server.asRoot((root) => root.query(`ALTER TABLE \`${database}\`.${mend}`));
    }
    await (await onhand.startProcessor()).stop();
  });
});

/** Sessions of others begin with them meanwhile. */
async function withDefaults(
  server: ThrowawayMysql,
  defaults: Defaults,
  work: () => Promise<void>,
): Promise<void> {
  const names = Object.keys(defaults);
  const set = (value: (name: string) => string | number) =>
    server.asRoot(async (root) => {
      for (const name of names) await root.query(`SET GLOBAL ${name} = ${value(name)}`);
    });
  await set((name) => defaults[name]!);
  try {
    await work();
  } finally {
    // What its option file, which it has not, would say: the built-in values and our own options.
    await set((name) => (name.endsWith('read_only') ? 0 : 'DEFAULT'));
    await server.asRoot((root) => root.query('SET GLOBAL read_only = 0'));
  }
}
