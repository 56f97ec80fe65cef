import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { StockBusyError } from '../../../producers/stockBusyError.ts';
import { StockClient } from '../../../producers/stockClient.ts';
import type { Settings } from '../../config/settings.ts';
import { silentLogger } from '../kafkaFixture.ts';
import type { Waits } from './waits.ts';

const pauseMs = 100;
const stockedUnits = 1_000_000_000;

/** Callers of the stock client: one for each SKU, who reserves, then sells or gives back. */
export class ClientLoad {
  readonly #client: StockClient;
  readonly #waits: Waits;
  readonly #skus: readonly { sku: string; lane: string }[];
  #resting = true;
  #closed = false;
  #callers: Promise<void>[] = [];
  #failure: Error | undefined;
  /** Commands that were answered. */
  readonly answered: string[] = [];
  /** Calls without an answer in time, which were repeated. */
  busy = 0;

  private constructor(client: StockClient, waits: Waits, skus: typeof ClientLoad.prototype.skus) {
    this.#client = client;
    this.#waits = waits;
    this.#skus = skus;
  }

  get skus(): readonly { sku: string; lane: string }[] {
    return this.#skus;
  }

  static async open(
    settings: Settings,
    waits: Waits,
    skus: readonly { sku: string; lane: string }[],
  ): Promise<ClientLoad> {
    const client = new StockClient(settings, silentLogger);
    await client.start();
    const load = new ClientLoad(client, waits, skus);
    for (const { sku } of skus) {
      await load.#answer(() => client.receive({ sku, quantity: stockedUnits }));
    }
    return load;
  }

  run(): void {
    this.#resting = false;
    this.#callers = this.#skus.map(({ sku, lane }) =>
      this.#call(sku, lane).catch((error: Error) => void (this.#failure ??= error)),
    );
  }

  /** Ends when every caller has the answer that it waits for. */
  async rest(): Promise<void> {
    this.#resting = true;
    await Promise.all(this.#callers);
    if (this.#failure) throw this.#failure;
  }

  /** Also of callers who wait: they are left alone. */
  async close(): Promise<void> {
    this.#resting = true;
    this.#closed = true;
    await this.#client.close();
  }

  async #call(sku: string, lane: string): Promise<void> {
    for (let turn = 0; !this.#resting; turn++) {
      const orderId = randomUUID();
      const ask = (step: string) => ({ commandId: `${step}-${orderId}`, sku, orderId });
      const reserved = await this.#waits.of(lane, () =>
        this.#answer(() => this.#client.reserve({ ...ask('reserve'), quantity: 1 })),
      );
      expect(reserved, `reserve of ${sku}`).to.equal('StockReserved');
      const end =
        turn % 2 === 0
          ? () => this.#client.confirm(ask('confirm'))
          : () => this.#client.release(ask('release'));
      await this.#waits.of(lane, () => this.#answer(end));
      await sleep(pauseMs);
    }
  }

  /** Calls again, under the same id, for as long as there is no answer. */
  async #answer(
    call: () => Promise<{ event: { kind: string; commandId: string | null } }>,
  ): Promise<string> {
    for (;;) {
      try {
        const { event } = await call();
        this.answered.push(event.commandId ?? '');
        return event.kind;
      } catch (error) {
        if (this.#closed || !(error instanceof StockBusyError)) throw error;
        this.busy++;
      }
    }
  }
}
