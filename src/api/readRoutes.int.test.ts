import { expect } from 'chai';
import type { Pool } from 'mysql2/promise';
import { healthReport } from '../ops/healthReport.ts';
import { type HttpServer, startHttpServer } from '../ops/httpServer.ts';
import { operatorRoutes } from '../ops/operatorRoutes.ts';
import { openDatabase } from '../storage/database.ts';
import { HandFedLane } from '../testing/handFedLane.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { expectDescribed } from '../testing/openApiCheck.ts';
import { TcpProxy } from '../testing/tcpProxy.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { type ViewClient, openViewClient } from '../view/viewClient.ts';
import { ViewWriter } from '../view/viewWriter.ts';
import { guardRoutes } from './guardRoutes.ts';
import type { LevelAnswer } from './levelReader.ts';
import { loadOpenApi } from './openApi.ts';
import { readRoutes } from './readRoutes.ts';

const document = loadOpenApi();
const odd = '{a/b}%?&=c d';

describe('the read API', function () {
  this.timeout(180_000);
  let redis: ThrowawayRedis;
  let database: TestDatabase;
  let mysql: TcpProxy;
  let pool: Pool;
  let client: ViewClient;
  let lane: HandFedLane;
  let writer: ViewWriter;
  let follower: ReturnType<ViewWriter['follow']>;
  let server: HttpServer;
  let problems: { server: string; trouble: { code: string; reason: string; hint: string } }[] = [];
  const routes: string[] = [];

  before(async () => {
    redis = await ThrowawayRedis.start();
    database = await testDatabase({
      ...redis.settings,
      ONHAND_REDIS_PASSWORD: undefined,
      ONHAND_PARTITIONS: 1,
      ONHAND_TOPIC_PREFIX: 'api-',
      ONHAND_HTTP_PORT: 0,
    });
    const { settings } = database;
    lane = await HandFedLane.claim(database);
    writer = new ViewWriter(settings, silentLogger);
    follower = writer.follow(lane.claim);
    await waitUntil('the first step', () => writer.lanesBehind === 0);
    follower.offer(await lane.receive('tea', 'tea', 'cup', odd));
    await database.pool.query(
      `INSERT INTO reservations (lane, order_id, sku, location, granted, pending, confirmed,
         released, expired, returned, started_at, expires_at, tombstone)
       VALUES (0, 'o-1', 'tea', 'main', 3, 1, 1, 1, 0, 0, 5, 6, 0),
         (0, 'o-1', 'cup', 'main', 0, 0, 0, 0, 0, 0, 5, 5, 1)`,
    );
    mysql = await TcpProxy.open({
      host: settings.ONHAND_MYSQL_HOST,
      port: settings.ONHAND_MYSQL_PORT,
    });
    const proxied = { ONHAND_MYSQL_HOST: '127.0.0.1', ONHAND_MYSQL_PORT: mysql.port };
    pool = openDatabase({ ...settings, ...proxied }, 'read', 2);
    client = openViewClient(settings);
    server = await startHttpServer(settings, silentLogger, (app) => {
      app.addHook('onRoute', ({ method, url }) => {
        routes.push(`${String(method)} ${url}`);
      });
      guardRoutes(app, settings);
      operatorRoutes({
        health: () => healthReport([], problems),
        metrics: () =>
          Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
      })(app);
      readRoutes({ settings: { ...settings, ...proxied }, pool, client })(app);
    });
  });
  after(async () => {
    redis?.resume();
    await server?.close();
    client?.disconnect();
    await writer?.stop();
    await pool?.end();
    await mysql?.close();
    await database?.close();
    await redis?.close();
  });

  /** Every answer of these tests is held against the document. */
  const get = async <Body = Record<string, unknown>>(path: string, described: string) => {
    const response = await fetch(server.url + path);
    await expectDescribed(document, described, response);
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) as Body };
  };
  const level = (query: string) => get<LevelAnswer>(`/levels/${query}`, '/levels/{sku}');
  const code = async (path: string, described: string) => {
    const { status, body } = await get(path, described);
    return [status, body.code];
  };

  it('has the routes that its document describes, and no others', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const actual = routes
      .filter((route) => !route.startsWith('HEAD '))
      .map((route) => route.replace(/:(\w+)/g, '{$1}'));
    expect(actual).to.have.members(described);
  });

  it('answers a level from Redis, with source, sequence and log time', async () => {
    await waitUntil('the view', async () => (await level('cup')).body.source === 'redis');
    const { status, body } = await level('tea');
    expect(status).to.equal(200);
    expect(body).to.include({ sku: 'tea', location: 'main', onHand: 2, available: 2, sequence: 2 });
    expect(body).to.include({ source: 'redis', isCurrent: true });
    expect(body.time).to.be.closeTo(Date.now(), 20_000);
    expect((await level('tea?atLeast=2')).body.source).to.equal('redis');
  });

  it('takes any SKU, encoded as a part of a path', async () => {
    const { body } = await level(encodeURIComponent(odd));
    expect(body).to.include({ sku: odd, onHand: 1, source: 'redis' });
    const longest = '%7E'.repeat(64);
    expect(await code(`/levels/${longest}`, '/levels/{sku}')).to.deep.equal([
      404,
      'STOCK_ITEM_UNKNOWN',
    ]);
  });

  it('asks MySQL when Redis is behind a read token, and says so when MySQL is too', async () => {
    const missed = await lane.receive('tea');
    expect((await level('tea?atLeast=3')).body).to.include({ sequence: 3, source: 'mysql' });
    expect(await code('/levels/tea?atLeast=4', '/levels/{sku}')).to.deep.equal([409, 'BEHIND']);
    expect(await code('/levels/none?atLeast=1', '/levels/{sku}')).to.deep.equal([409, 'BEHIND']);
    follower.offer(missed);
    await waitUntil('the view', async () => {
      return (await level('tea?atLeast=3')).body.source === 'redis';
    });
  });

  it('answers many SKUs, each once, and names those it does not know', async () => {
    const { status, body } = await get<{ levels: LevelAnswer[]; unknown: object[] }>(
      '/levels?sku=cup&sku=none&sku=tea&sku=cup',
      '/levels',
    );
    expect(status).to.equal(200);
    expect(body.levels.map(({ sku, sequence }) => [sku, sequence])).to.deep.equal([
      ['cup', 1],
      ['tea', 3],
    ]);
    expect(body.unknown).to.deep.equal([{ sku: 'none', location: 'main' }]);
    const one = await get<{ levels: LevelAnswer[] }>('/levels?sku=cup&location=attic', '/levels');
    expect(one.body.levels).to.be.empty;
  });

  it("tells an order's reservations", async () => {
    const path = '/orders/{orderId}/reservations';
    const { status, body } = await get('/orders/o-1/reservations', path);
    expect(status).to.equal(200);
    const none = { granted: 0, pending: 0, confirmed: 0, released: 0, expired: 0, returned: 0 };
    const main = { location: 'main', startedAt: 5 };
    expect(body).to.deep.equal({
      orderId: 'o-1',
      reservations: [
        { sku: 'cup', ...main, ...none, expiresAt: 5, tombstone: true },
        {
          sku: 'tea',
          ...main,
          ...none,
          ...{ granted: 3, pending: 1, confirmed: 1, released: 1 },
          expiresAt: 6,
          tombstone: false,
        },
      ],
    });
    expect(await code('/orders/o-2/reservations', path)).to.deep.equal([404, 'ORDER_UNKNOWN']);
  });

  it('refuses what is not as described, also a parameter that it does not know', async () => {
    const one = '/levels/{sku}';
    const wrong: [path: string, described: string][] = [
      ['/levels/tea?atLeast=soon', one],
      ['/levels/tea?atLeast=-1', one],
      ['/levels/tea?atleast=3', one],
      ['/levels/tea?location=%20', one],
      [`/levels/${'a'.repeat(65)}`, one],
      ['/levels/%C3%A4', one],
      ['/levels', '/levels'],
      [`/levels?${'sku=a&'.repeat(101)}`, '/levels'],
      ['/orders/a%20b/reservations', '/orders/{orderId}/reservations'],
    ];
    for (const [path, described] of wrong) {
      expect(await code(path, described), path).to.deep.equal([400, 'REQUEST_INVALID']);
    }
  });

  it('changes nothing, whatever the method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(`${server.url}/levels/tea`, { method });
      expect(response.status, method).to.equal(404);
      expect(await response.json()).to.include({ code: 'NOT_FOUND' });
    }
  });

  it('serves the other routes as described too', async () => {
    expect((await get('/openapi.json', '/openapi.json')).body).to.deep.equal(document);
    await get('/health', '/health');
    await get('/health/live', '/health/live');
    expect((await get('/health/ready', '/health/ready')).status).to.equal(200);
    problems = [{ server: 'kafka', trouble: { code: 'NO_ANSWER', reason: 'x', hint: '' } }];
    expect((await get('/health/ready', '/health/ready')).status).to.equal(503);
    const metrics = await fetch(`${server.url}/metrics`);
    await expectDescribed(document, '/metrics', metrics);
  });

  it('answers from MySQL while Redis is paused, soon without waiting for it', async () => {
    redis.pause();
    const begun = performance.now();
    expect((await level('tea')).body).to.include({ sequence: 3, source: 'mysql', isCurrent: true });
    expect((await level('cup')).body).to.include({ source: 'mysql' });
    expect(performance.now() - begun).to.be.below(20_000);
    redis.resume();
    await waitUntil('the view', async () => (await level('tea')).body.source === 'redis');
  });

  it('answers from Redis while MySQL is away, and an old state only if it says so', async () => {
    mysql.silent = false;
    await mysql.close();
    expect((await level('tea')).body).to.include({ sequence: 3, source: 'redis', isCurrent: true });
    expect(await code('/levels/tea?atLeast=9', '/levels/{sku}')).to.deep.equal([
      503,
      'DATABASE_AWAY',
    ]);
    expect(await code('/orders/o-1/reservations', '/orders/{orderId}/reservations')).to.deep.equal([
      503,
      'DATABASE_AWAY',
    ]);
    expect(await code('/levels?sku=none', '/levels')).to.deep.equal([503, 'DATABASE_AWAY']);
    await follower.close();
    const notes = 'onhand:api-:{lanes}';
    await redis.ask((asked) => asked.hset(notes, '0:seen', Date.now() - 60_000));
    const { body } = await level('tea');
    expect(body).to.include({ sequence: 3, source: 'redis', isCurrent: false });
    expect(body.ageMs).to.be.within(60_000, 70_000);
  });
});
