import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface Address {
  host: string;
  port: number;
}
interface Broker {
  isConnected(): boolean;
  connectionPool: Address;
}
interface BrokerPool {
  brokers: Record<string, Broker>;
}
interface Protocol {
  request: { apiKey: number; apiName: string };
}
interface Errors {
  KafkaJSConnectionError: new (message: string, details: { broker: string }) => Error;
}
type Send = (this: Address, protocol: Protocol) => Promise<unknown>;
type CreateRequest = (
  this: object,
  pushed: { entry: { apiKey: number } },
) => { requestTimeout: number };
type FindConnected = (this: BrokerPool) => Promise<Broker>;

/** Part of connecting: SaslHandshake, ApiVersions, SaslAuthenticate. */
const greetings = new Set([17, 18, 36]);
/** What any broker can be asked, and answers at once: also Metadata, FindCoordinator. */
const anybodys = new Set([3, 10, ...greetings]);
const patienceMs = 3000;
/** For so long a broker that has not answered is asked only where there is no other. */
const avoidedMs = 10_000;

/**
 * A broker that stands still keeps its connections, and takes new ones. kafkajs asks any connected
 * broker who leads what, waits for the whole time of a request, and may choose the same one
 * again: whoever needs to know stands still with it, although the others have elected new leaders.
 * Such a question is given up sooner now, and goes to the others first. One that does not even
 * greet counts as not reached, so that kafkajs does not try it on and on before it looks elsewhere.
 */
export function mendSilentBroker(load: LoadInternal): void {
  const { KafkaJSConnectionError } = load('errors') as Errors;
  /** By address, until when. The clients of a process learn from each other. */
  const avoided = new Map<string, number>();
  const isAvoided = (at: Address) => (avoided.get(nameOf(at)) ?? 0) > performance.now();

  patchMethod<Address, Send>(
    load('network/connection'),
    'send',
    (send) =>
      async function (protocol) {
        const { apiKey, apiName } = protocol.request;
        if (!anybodys.has(apiKey)) return send.call(this, protocol);
        const broker = nameOf(this);
        try {
          const answer = await send.call(this, protocol);
          avoided.delete(broker);
          return answer;
        } catch (error) {
          if ((error as Error).name !== 'KafkaJSRequestTimeoutError') throw error;
          avoided.set(broker, performance.now() + avoidedMs);
          if (!greetings.has(apiKey)) throw error;
          const message = `${apiName} was not answered within ${patienceMs} ms`;
          throw new KafkaJSConnectionError(message, { broker });
        }
      },
  );
  patchMethod<object, CreateRequest>(
    load('network/requestQueue'),
    'createSocketRequest',
    (create) =>
      function (pushed) {
        const request = create.call(this, pushed);
        if (anybodys.has(pushed.entry.apiKey)) {
          request.requestTimeout = Math.min(request.requestTimeout, patienceMs);
        }
        return request;
      },
  );
  patchMethod<BrokerPool, FindConnected>(
    load('cluster/brokerPool'),
    'findConnectedBroker',
    (find) =>
      async function () {
        const connected = Object.values(this.brokers).filter((broker) => broker.isConnected());
        const answering = connected.filter(({ connectionPool }) => !isAvoided(connectionPool));
        // Where all are alike kafkajs chooses.
        if (answering.length === 0 || answering.length === connected.length) return find.call(this);
        return answering[Math.floor(Math.random() * answering.length)]!;
      },
  );
}

function nameOf({ host, port }: Address): string {
  return `${host}:${port}`;
}
