import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeServer } from './nativeServer.ts';
import { packagedProgram } from './packagedProgram.ts';
import { runTool } from './runTool.ts';
import { mysqld, packagesOf, versionOf } from './serverPackages.ts';
import { stackPaths } from './stackPaths.ts';
import type { StackState } from './stackState.ts';
import { writePrivateFile } from './writePrivateFile.ts';

const folder = stackPaths.server('mysql');
const data = join(folder, 'data');

/** MySQL with full durability: what is committed survives a crash of the machine. */
export const mysqlServer: NativeServer = {
  ports: ['mysql'],
  async prepare(state, progress) {
    const root = await packagesOf(state, progress);
    const program = mysqlProgram(root);
    if (!existsSync(data)) {
      progress('making the data folder');
      await makeMysqlData(program, folder, state);
    }
    const options = mysqlOptions(state.ports.mysql);
    return {
      command: [...program, `--datadir=${data}`, ...options],
      version: versionOf(root, 'mysql'),
    };
  },
};

/** The server's program with what tells it where it lies. */
export function mysqlProgram(root: string): [string, ...string[]] {
  return [...packagedProgram(root, mysqld), ...placeOptions(root)];
}

function placeOptions(root: string): string[] {
  const share = join(root, 'usr', 'share', 'mysql');
  const options = [
    '--no-defaults',
    `--basedir=${join(root, 'usr')}`,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${join(share, 'charsets')}`,
    `--plugin-dir=${join(root, 'usr', 'lib', 'mysql', 'plugin')}`,
    '--secure-file-priv=NULL',
  ];
  // As root it must be told so. It listens on the loopback only, and a separate account could not
  // reach a checkout in a folder that is root's own.
  if (process.getuid?.() === 0) options.push('--user=root');
  return options;
}

/** How a server of ours is set up. */
export function mysqlOptions(port: number): string[] {
  return [
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--mysqlx=OFF',
    '--socket=',
    '--pid-file=mysqld.pid',
    '--skip-name-resolve',
    '--innodb-flush-log-at-trx-commit=1',
    '--sync-binlog=1',
    '--binlog-expire-logs-seconds=86400',
    '--innodb-buffer-pool-size=512M',
    // MySQL before 8.0.30 has no such option.
    '--loose-innodb-redo-log-capacity=512M',
    '--max-connections=300',
  ];
}

/**
 * Makes a new data folder, `data` in `folder`. The root password is set before the server ever
 * opens a port; it is never an argument.
 */
export async function makeMysqlData(
  program: [string, ...string[]],
  folder: string,
  { passwords }: Pick<StackState, 'passwords'>,
): Promise<void> {
  const draft = join(folder, 'data.draft');
  const sql = join(folder, 'initialize.sql');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const password = passwords.mysqlRoot;
  writePrivateFile(
    sql,
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';
CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
`,
  );
  const options = ['--initialize-insecure', `--datadir=${draft}`, `--init-file=${sql}`];
  await runTool('MySQL data folder', [...program, ...options], {
    logFile: stackPaths.log('mysql-initialize'),
  });
  rmSync(sql);
  renameSync(draft, join(folder, 'data'));
}
