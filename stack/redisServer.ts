import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeServer } from './nativeServer.ts';
import { packagedProgram } from './packagedProgram.ts';
import { packagesOf, redisServer as program, versionOf } from './serverPackages.ts';
import { stackPaths } from './stackPaths.ts';
import { writePrivateFile } from './writePrivateFile.ts';

/** Redis without persistence: what it holds can be wiped at any time. */
export const redisServer: NativeServer = {
  ports: ['redis'],
  async prepare(state, progress) {
    const root = await packagesOf(state, progress);
    const folder = stackPaths.server('redis');
    const config = join(folder, 'redis.conf');
    mkdirSync(folder, { recursive: true });
    const lines = [
      'bind 127.0.0.1',
      `port ${state.ports.redis}`,
      `requirepass ${state.passwords.redis}`,
      'save ""',
      'appendonly no',
      `dir "${folder}"`,
    ];
    writePrivateFile(config, lines.join('\n') + '\n');
    return {
      command: [...packagedProgram(root, program), config],
      version: versionOf(root, 'redis'),
    };
  },
};
