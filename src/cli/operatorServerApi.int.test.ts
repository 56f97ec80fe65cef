import { expect } from 'chai';
import { loadOpenApi } from '../api/openApi.ts';
import { commandsFor } from '../testing/commandsFor.ts';
import { expectDescribed } from '../testing/openApiCheck.ts';
import { type TestInstallation, testInstallation } from '../testing/testInstallation.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import type { Processor } from './processor.ts';

const document = loadOpenApi();
const token = 'planted-token';

describe('the HTTP interface of a running processor', function () {
  this.timeout(180_000);
  let onhand: TestInstallation;
  let processor: Processor;
  before(async () => {
    onhand = await testInstallation({ ONHAND_HTTP_TOKEN: token, ONHAND_VIEW: false });
    processor = await onhand.startProcessor();
    const isReady = async () => (await fetch(`${processor.url}/health/ready`)).ok;
    await waitUntil('readiness', isReady, 60_000);
  });
  after(async () => {
    await processor?.stop();
    await onhand?.close();
  });

  const get = async (path: string, described: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(processor.url + path, { headers });
    await expectDescribed(document, described, response);
    return (await response.json()) as Record<string, unknown>;
  };

  it('tells what became of commands, at least as new as their events', async () => {
    const { receive, reserve } = commandsFor('tea/1');
    await onhand.send([receive(10), reserve('o-1', 4)]);
    await onhand.settled();
    const [last] = (await onhand.events()).slice(-1);
    const level = await get(`/levels/tea%2F1?atLeast=${last!.sequence}`, '/levels/{sku}');
    expect(level).to.include({ sku: 'tea/1', onHand: 10, reserved: 4, available: 6, sequence: 2 });
    expect(level).to.include({ source: 'mysql', isCurrent: true, time: last!.time });
    const described = '/orders/{orderId}/reservations';
    const { reservations } = await get('/orders/o-1/reservations', described);
    expect(reservations).to.have.length(1);
  });

  it('wants the token for everything but health', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect((await fetch(processor.url + path)).status, path).to.equal(200);
    }
    for (const path of ['/metrics', '/openapi.json', '/levels/tea', '/orders/o-1/reservations']) {
      const response = await fetch(processor.url + path);
      expect(response.status, path).to.equal(401);
      expect(await response.json()).to.include({ code: 'TOKEN_MISSING' });
    }
  });

  it('describes its health as it is', async () => {
    await get('/health', '/health');
    await get('/health/ready', '/health/ready');
  });
});
