import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type FastifyInstance, fastify } from 'fastify';
import { ApiError } from './apiError.ts';
import { guardRoutes } from './guardRoutes.ts';

const token = 'planted-token';

function guarded(ONHAND_HTTP_TOKEN?: string): FastifyInstance {
  const app = fastify();
  guardRoutes(app, { ONHAND_HTTP_TOKEN });
  for (const path of ['/health', '/health/live', '/metrics', '/healthy']) {
    app.get(path, () => ({ path }));
  }
  app.get('/behind', () => {
    throw new ApiError('BEHIND', 'tea is at 1');
  });
  app.get('/broken', () => {
    throw new Error(`SELECT '${token}'`);
  });
  return app;
}

describe('guardRoutes', () => {
  const ask = async (app: FastifyInstance, url: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const { statusCode, headers: answered, body } = await app.inject({ url, headers });
    return { status: statusCode, answered, body: JSON.parse(body) as Record<string, unknown> };
  };

  it('lets everybody read where no token is set', async () => {
    expect((await ask(guarded(), '/metrics')).status).to.equal(200);
  });

  it('wants the token, whole and nothing else', async () => {
    const app = guarded(token);
    const wrong = [undefined, '', token, 'Bearer', `Bearer ${token}x`, 'Bearer planted', `Basic x`];
    for (const authorization of wrong) {
      const { status, answered, body } = await ask(app, '/metrics', authorization);
      expect({ status, code: body.code }, authorization).to.deep.equal({
        status: 401,
        code: 'TOKEN_MISSING',
      });
      expect(answered['www-authenticate']).to.equal('Bearer');
      expect(JSON.stringify(body)).not.to.include(token);
    }
    expect((await ask(app, '/metrics', `Bearer ${token}`)).status).to.equal(200);
    expect((await ask(app, '/metrics', `bearer  ${token}`)).status).to.equal(200);
  });

  it('wants the token that the file holds now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onhand-token-'));
    const file = join(folder, 'token');
    writeFileSync(file, 'first\n');
    const app = fastify();
    const settings = { ONHAND_HTTP_TOKEN: 'first', ONHAND_HTTP_TOKEN_FILE: file };
    guardRoutes(app, settings);
    app.get('/metrics', () => ({}));
    expect((await ask(app, '/metrics', 'Bearer first')).status).to.equal(200);
    writeFileSync(file, 'second\n');
    expect((await ask(app, '/metrics', 'Bearer first')).status).to.equal(401);
    expect((await ask(app, '/metrics', 'Bearer second')).status).to.equal(200);
    rmSync(folder, { recursive: true });
  });

  it('leaves health open, and nothing that only begins like it', async () => {
    const app = guarded(token);
    for (const path of ['/health', '/health?x=1', '/health/live']) {
      expect((await ask(app, path)).status, path).to.equal(200);
    }
    for (const path of ['/healthy', '/health/none', '/none', '/health/../metrics']) {
      expect((await ask(app, path)).status, path).to.equal(401);
    }
  });

  it('names what went wrong, as JSON', async () => {
    const app = guarded();
    const behind = await ask(app, '/behind');
    expect(behind.status).to.equal(409);
    expect(behind.body).to.deep.equal({ code: 'BEHIND', message: 'tea is at 1' });
    const none = await ask(app, '/none?secret=1');
    expect(none.status).to.equal(404);
    expect(none.body).to.deep.equal({ code: 'NOT_FOUND', message: 'there is no GET /none' });
    const malformed = await ask(app, '/%zz');
    expect(malformed.status).to.equal(400);
    expect(malformed.body).to.include.keys('code', 'message');
  });

  it('tells nothing of what broke inside', async () => {
    const { status, body } = await ask(guarded(), '/broken');
    expect(status).to.equal(500);
    expect(body).to.deep.equal({ code: 'INTERNAL', message: 'the request failed' });
  });
});
