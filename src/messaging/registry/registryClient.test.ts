import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { OperationalError } from '../../ops/errors.ts';
import { RegistryClient } from './registryClient.ts';

describe('RegistryClient', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };
  const asked: { path: string | undefined; authorization: string | undefined }[] = [];
  before(async () => {
    server = createServer((request, response) => {
      asked.push({ path: request.url, authorization: request.headers.authorization });
      response.writeHead(answer.status).end(answer.body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`;
  });
  after(() => server.close());
  beforeEach(() => (asked.length = 0));

  const client = (more: object = {}) =>
    new RegistryClient({ ONHAND_SCHEMA_REGISTRY_URL: url, ...more });
  const failure = async (act: Promise<unknown>) => {
    const error = await act.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof OperationalError) return error;
    throw new Error('no OperationalError was thrown');
  };

  it('asks below the given address, subjects escaped, with user and password', async () => {
    answer = { status: 200, body: '[1,2]' };
    const credentials = {
      ONHAND_SCHEMA_REGISTRY_USER: 'reader',
      ONHAND_SCHEMA_REGISTRY_PASSWORD: 'a:b',
    };
    expect(await client(credentials).versions('a/b-value')).to.deep.equal([1, 2]);
    expect(asked).to.deep.equal([
      {
        path: '/base/subjects/a%2Fb-value/versions',
        authorization: `Basic ${Buffer.from('reader:a:b').toString('base64')}`,
      },
    ]);
  });

  it('sends the password that its file holds now', async () => {
    answer = { status: 200, body: '[]' };
    const folder = mkdtempSync(join(tmpdir(), 'onhand-registry-'));
    const file = join(folder, 'password');
    const rotated = client({
      ONHAND_SCHEMA_REGISTRY_USER: 'reader',
      ONHAND_SCHEMA_REGISTRY_PASSWORD_FILE: file,
    });
    for (const password of ['first', 'second']) {
      writeFileSync(file, `${password}\n`);
      await rotated.versions('s');
      const credentials = Buffer.from(`reader:${password}`).toString('base64');
      expect(asked.at(-1)?.authorization).to.equal(`Basic ${credentials}`);
    }
    rmSync(folder, { recursive: true });
  });

  it('sends no credentials unless there are some', async () => {
    answer = { status: 200, body: '[]' };
    await client().versions('s');
    expect(asked[0]?.authorization).to.equal(undefined);
  });

  it('tells that there is no such schema from an address that is no registry', async () => {
    answer = { status: 404, body: '{"error_code":40403,"message":"Schema not found"}' };
    expect(await client().schemaById(7)).to.equal(undefined);
    expect(await client().versions('s')).to.deep.equal([]);
    answer = { status: 404, body: '<html>not here</html>' };
    expect((await failure(client().schemaById(7))).code).to.equal('SCHEMA_REGISTRY_FAILED');
  });

  for (const [status, code] of [
    [401, 'SCHEMA_REGISTRY_REFUSED'],
    [403, 'SCHEMA_REGISTRY_REFUSED'],
    [409, 'SCHEMA_INCOMPATIBLE'],
    [422, 'SCHEMA_REGISTRY_FAILED'],
    [503, 'SCHEMA_REGISTRY_FAILED'],
    [200, 'SCHEMA_REGISTRY_FAILED'],
  ] as const) {
    it(`calls an answer of ${status} without sense ${code}`, async () => {
      answer = { status, body: '{"message":"its own words"}' };
      const password = { ONHAND_SCHEMA_REGISTRY_USER: 'u', ONHAND_SCHEMA_REGISTRY_PASSWORD: 'pss' };
      const error = await failure(client(password).register('s', '{}'));
      expect(error.code).to.equal(code);
      expect(error.message).to.include('its own words').and.not.include('pss');
      expect(error.hint).not.to.be.empty;
    });
  }

  it('refuses to work without an address', () => {
    expect(() => client({ ONHAND_SCHEMA_REGISTRY_URL: undefined }))
      .to.throw(OperationalError)
      .with.property('code', 'CONFIG_INVALID');
  });
});
