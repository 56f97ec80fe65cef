import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

/** What the service uses of `@restatedev/restate-sdk`, which is no dependency of ours. */
export interface RestateSdk {
  object: (definition: {
    name: string;
    handlers: Record<string, (context: ObjectContext, input: never) => Promise<unknown>>;
  }) => unknown;
  createEndpointHandler: (options: {
    services: unknown[];
    logger: () => void;
  }) => (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ) => void;
}

/** The state of the virtual object whose turn it is. */
export interface ObjectContext {
  get<Value>(name: string): Promise<Value | null>;
  set<Value>(name: string, value: Value): void;
}
