import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { BenchError } from '../../benchError.ts';

/** Calls the handlers of SKUs over HTTP, on so many connections that are kept open. */
export class RestateCaller {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** What the handler answers. Throws BenchError when Restate answers with an error. */
  async call(sku: string, handler: 'receive' | 'reserve', units: number): Promise<unknown> {
    const body = JSON.stringify(units);
    const [status, answer] = await this.#post(`/sku/${sku}/${handler}`, body);
    if (status !== 200) throw new BenchError(`restate answers ${status}: ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(path: string, body: string): Promise<[status: number | undefined, answer: string]> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, path, agent: this.#agent };
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      request({ ...options, method: 'POST', headers }, (response) => {
        text(response).then((answer) => resolve([response.statusCode, answer]), reject);
      })
        .once('error', reject)
        .end(body);
    });
  }
}
