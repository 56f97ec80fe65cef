import { expect } from 'chai';
import { pino } from 'pino';
import { type HealthReport, healthReport } from './healthReport.ts';
import { type HttpServer, startHttpServer } from './httpServer.ts';
import { operatorRoutes } from './operatorRoutes.ts';

const local = { ONHAND_HTTP_HOST: '127.0.0.1', ONHAND_HTTP_PORT: 0 };
const logger = pino({ level: 'silent' });

describe('the HTTP server with what operators see', () => {
  let report: HealthReport;
  let server: HttpServer;
  const trouble = { code: 'COMMANDS_LOST', reason: 'gone', hint: '' };
  const routes = operatorRoutes({
    health: () => report,
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
  });
  before(async () => {
    server = await startHttpServer(local, logger, routes);
  });
  beforeEach(() => {
    report = healthReport([], []);
  });
  after(() => server.close());

  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(server.url + path, init);
    return { status: response.status, type: response.headers.get('content-type'), response };
  };

  it('listens on the loopback, on a port that the system chose', () => {
    expect(server.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('is live', async () => {
    const { status, response } = await get('/health/live');
    expect(status).to.equal(200);
    expect(await response.json()).to.deep.equal({ live: true });
  });

  it('answers ready with 200, and with 503 and what is wrong', async () => {
    const ready = await get('/health/ready');
    expect(ready.status).to.equal(200);
    expect(await ready.response.json()).to.deep.equal({
      ready: true,
      problems: [],
      warnings: [],
    });

    report = healthReport([], [{ server: 'kafka', trouble }]);
    const unready = await get('/health/ready');
    expect(unready.status).to.equal(503);
    expect(unready.type).to.include('application/json');
    const problems = [{ server: 'kafka', state: 'away', ...trouble }];
    expect(await unready.response.json()).to.deep.include({ ready: false, problems });
  });

  it('tells all of its health with 200, whatever it is', async () => {
    report = healthReport(undefined, []);
    const { status, response } = await get('/health');
    expect(status).to.equal(200);
    expect(await response.json()).to.deep.equal(report);
  });

  it('gives metrics as text with the content type that Prometheus wants', async () => {
    const { status, type, response } = await get('/metrics');
    expect(status).to.equal(200);
    expect(type).to.match(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).to.equal('up 1\n');
  });

  it('has nothing else and changes nothing', async () => {
    for (const path of ['/', '/metrics/', '/health/lanes', '/../package.json']) {
      expect((await get(path)).status, path).to.equal(404);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect((await get('/health', { method })).status, method).to.equal(404);
    }
  });

  it('refuses a port that is taken, with a name and a hint', async () => {
    const taken = { ...local, ONHAND_HTTP_PORT: Number(new URL(server.url).port) };
    const error = await startHttpServer(taken, logger, routes).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'HTTP_ADDRESS_UNUSABLE' });
    expect(error).to.have.property('hint').that.includes('ONHAND_HTTP_PORT');
  });
});
