import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { OperationalError } from '../src/ops/errors.ts';
import { otherWays } from './stepFailed.ts';

const oldest = 17;
const remedy =
  'Kafka runs on Java. Installing it needs root, on Debian and Ubuntu: ' +
  'sudo apt-get install default-jre-headless; or set JAVA_HOME to one that is unpacked anywhere.';
const hint = `${remedy} ${otherWays}`;

/** The Java program that runs Kafka: that of JAVA_HOME, else the one in PATH. */
export function java(): string {
  const home = process.env.JAVA_HOME;
  const program = home ? join(home, 'bin', 'java') : 'java';
  const { error, stderr } = spawnSync(program, ['-version'], { encoding: 'utf8' });
  if (error) throw new OperationalError('JAVA_MISSING', `no Java: ${error.message}`, { hint });
  const version = /version "(\d+)/.exec(stderr)?.[1];
  if (Number(version) >= oldest) return program;
  const message = `Kafka needs Java ${oldest} or newer, ${program} is ${version ?? 'unknown'}`;
  throw new OperationalError('JAVA_TOO_OLD', message, { hint });
}
