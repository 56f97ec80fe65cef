import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { apicurio } from '../../stack/apicurio.ts';
import { freePort } from '../../stack/freePort.ts';
import { plainEnvironment } from '../../stack/plainEnvironment.ts';
import type { Settings } from '../config/settings.ts';
import { waitUntil } from './waitUntil.ts';

/** A real schema registry of its own, for one test file; what it holds is gone with it. */
export interface RegistryFixture {
  settings: Pick<Settings, 'ONHAND_SCHEMA_REGISTRY_URL'>;
  /** Anything of Confluent's interface that the product does not need itself. */
  put(path: string, body: object): Promise<void>;
  /** Registers a schema as it is, with the subjects whose first version it names; its id. */
  register(subject: string, schema: object, references?: Record<string, string>): Promise<number>;
  /** Stops answering, as a registry does that hangs; the memory stays. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

const startMsMax = 60_000;

export async function registryFixture(): Promise<RegistryFixture> {
  const port = await freePort();
  const [program, ...args] = await apicurio(port, () => undefined);
  const child = spawn(program, args, { env: plainEnvironment(), stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`the registry ended (${child.exitCode})`);
    return (await fetch(`${url}/subjects`).catch(() => undefined))?.ok === true;
  };
  await waitUntil('the schema registry', answers, startMsMax).catch(async (error: unknown) => {
    await end(child);
    throw error;
  });
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${text}`);
    return JSON.parse(text) as { id: number };
  };
  return {
    settings: { ONHAND_SCHEMA_REGISTRY_URL: url },
    put: async (path, body) => void (await send('PUT', path, body)),
    register: async (subject, schema, referenced = {}) => {
      const references = Object.entries(referenced).map(([name, of]) => {
        return { name, subject: of, version: 1 };
      });
      const body = { schema: JSON.stringify(schema), references };
      return (await send('POST', `/subjects/${subject}/versions`, body)).id;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    close: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
