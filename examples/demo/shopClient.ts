import { setTimeout as sleep } from 'node:timers/promises';
import type { Basket, ReturnedGoods } from '../shop/shopOrder.ts';

const retryMs = 100;
const patienceMs = 60_000;

/**
 * What customers' browsers do: they ask the shop, and ask again while it gives no answer, as people
 * press the button once more. The shop knows an order again by its id.
 */
export class ShopClient {
  readonly #url: string;
  /** Orders and returns that the shop has. */
  accepted = 0;
  /** Those that it calls malformed. */
  malformed = 0;
  /** Requests that got no answer. */
  unanswered = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async order(basket: Basket): Promise<void> {
    await this.#post('/orders', basket);
  }

  async giveBack(goods: ReturnedGoods): Promise<void> {
    await this.#post('/returns', goods);
  }

  async #post(path: string, body: object): Promise<void> {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    for (const deadline = Date.now() + patienceMs; ; await sleep(retryMs)) {
      try {
        const { status, ok } = await fetch(this.#url + path, request);
        if (ok) this.accepted++;
        else if (status < 500) this.malformed++;
        if (status < 500) return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      this.unanswered++;
    }
  }
}
