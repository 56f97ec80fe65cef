import type { PartitionReader } from '../src/messaging/partitionReader.ts';

/**
 * A reader that is connected only while somebody uses it; who asks meanwhile shares it. So many
 * lanes cost one connection, an idle process none, and none is left from before a broker was away.
 */
export class SharedReader {
  readonly #open: () => PartitionReader;
  #users = 0;
  #connected: Promise<PartitionReader> | undefined;

  constructor(open: () => PartitionReader) {
    this.#open = open;
  }

  /** Throws kafkajs' errors, and what `work` throws. */
  async use<Result>(work: (reader: PartitionReader) => Promise<Result>): Promise<Result> {
    this.#users++;
    const connected = (this.#connected ??= this.#connect());
    try {
      return await work(await connected);
    } finally {
      this.#users--;
      if (this.#users === 0) {
        this.#connected = undefined;
        // Nobody waits for its end.
        void connected.then((reader) => reader.disconnect()).catch(() => undefined);
      }
    }
  }

  async #connect(): Promise<PartitionReader> {
    const reader = this.#open();
    await reader.connect();
    return reader;
  }
}
