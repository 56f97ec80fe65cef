import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Progress } from '../../../stack/progress.ts';
import { rivalLicences } from '../licences.ts';
import { npmPackages } from '../npmPackages.ts';

/** The SDK uses what older ones lack; with an older one the server tries again for ever. */
const oldestNode = 22;
const nodeVersion = '22.23.3';

/** Where what was installed is. */
export interface RestatePrograms {
  server: string;
  /** A folder from which `@restatedev/restate-sdk` can be required. */
  sdkFolder: string;
  /** The Node that runs the service. */
  node: string;
  nodeVersion: string;
}

/** Server and SDK, and a newer Node unless this one will do; by npm, at the first call. */
export async function restatePrograms(progress: Progress): Promise<RestatePrograms> {
  const { platform, arch, execPath, version } = process;
  const isNew = Number.parseInt(version.slice(1), 10) >= oldestNode;
  const binary = `@restatedev/restate-server-${platform}-${arch}`;
  const node = `node-${platform}-${arch}`;
  const folder = await npmPackages(
    isNew ? 'restate' : 'restate-node',
    {
      [binary]: rivalLicences.restateServer.version,
      '@restatedev/restate-sdk': rivalLicences.restateSdk.version,
      ...(isNew ? {} : { [node]: nodeVersion }),
    },
    progress,
  );
  const { resolve } = createRequire(join(folder, 'package.json'));
  const programOf = (name: string, program: string) =>
    join(resolve(`${name}/package.json`), '..', 'bin', program);
  return {
    server: programOf(binary, 'restate-server'),
    sdkFolder: folder,
    node: isNew ? execPath : programOf(node, 'node'),
    nodeVersion: isNew ? version.slice(1) : nodeVersion,
  };
}
