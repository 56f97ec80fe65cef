import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isFree } from '../../../stack/freePort.ts';
import { onCleanUp } from '../../cleanUp.ts';
import type { JavaProgram } from '../javaProgram.ts';
import { RivalProcess } from '../rivalProcess.ts';

const readyMsMax = 60_000;
const pollMs = 200;

/** Its own configuration writes files. */
const logback = `<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <!-- A line for each conflict of locks: thousands. -->
  <logger name="io.seata.core.exception" level="off"/>
  <root level="error"><appender-ref ref="console"/></root>
</configuration>
`;

/** A coordinator of Seata with its defaults: store mode file. */
export interface SeataServer {
  port: number;
  pid: number;
  /** Ends it and removes what it has stored. */
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1 only; resolves when it listens. */
export async function seataServer({ java, classPath }: JavaProgram): Promise<SeataServer> {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-seata-'));
  const remove = onCleanUp(() => Promise.resolve(rmSync(folder, { recursive: true })));
  writeFileSync(join(folder, 'logback.xml'), logback);
  const port = await freePort();
  const properties = {
    // Some of its parts write logs there, whatever they are told.
    'user.home': folder,
    'server.port': await freePort([port]),
    'server.address': '127.0.0.1',
    'seata.server.service-port': port,
    'seata.store.file.dir': join(folder, 'store'),
    'logging.config': join(folder, 'logback.xml'),
    'spring.main.banner-mode': 'off',
  };
  const options = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  const arguments_ = ['-cp', classPath, '-Xmx1g', ...options, 'SeataServer', '-h', '127.0.0.1'];
  const server = new RivalProcess('seata-server', [java, ...arguments_], { cwd: folder });
  const close = async () => {
    await server.stop();
    await remove();
  };
  try {
    for (const since = Date.now(); await isFree(port); await sleep(pollMs)) {
      server.requireAlive();
      if (Date.now() - since > readyMsMax) throw server.failure('does not listen');
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { port, pid: server.pid, close };
}
