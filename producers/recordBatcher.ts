import type { PlacedMessage } from '../src/messaging/mends/groupedMessages.ts';

/** Records that wait to be sent at most; those that are being sent come on top. */
const waitingMax = 10_000;
/** What goes in one request: a broker takes a MiB for a partition. */
const batchRecordsMax = 1000;
const batchBytesMax = 524_288;
/** Lengths and flags of a record, generously. */
const recordOverheadBytes = 64;

interface Waiting {
  message: PlacedMessage;
  bytes: number;
  sent: () => void;
  failed: (error: unknown) => void;
}

/** Thrown when so much waits that nothing more is taken. The record was not sent. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/**
 * Gathers the records of many callers. What is added in the same turn of the event loop, or while
 * a request is under way, goes in the next request: alone nobody waits, and under load requests
 * grow. One request at a time keeps the order.
 */
export class RecordBatcher {
  readonly #send: (messages: PlacedMessage[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #sending: Promise<void> | undefined;

  constructor(send: (messages: PlacedMessage[]) => Promise<void>) {
    this.#send = send;
  }

  /**
   * Resolves when Kafka has the record. Throws QueueFullError, RangeError when the record alone is
   * too large for a request, or what sending threw: then the record may have arrived all the same.
   */
  add(message: PlacedMessage): Promise<void> {
    const bytes = bytesOf(message);
    if (bytes > batchBytesMax) {
      return Promise.reject(new RangeError(`a record of ${bytes} bytes is too large`));
    }
    if (this.#waiting.length >= waitingMax) {
      return Promise.reject(new QueueFullError(`${waitingMax} records wait to be sent`));
    }
    return new Promise((sent, failed) => {
      this.#waiting.push({ message, bytes, sent, failed });
      this.#sending ??= this.#sendAll();
    });
  }

  /** Resolves when nothing waits any more, sent or failed. */
  async idle(): Promise<void> {
    while (this.#sending) await this.#sending;
  }

  async #sendAll(): Promise<void> {
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batchLength());
      try {
        await this.#send(batch.map(({ message }) => message));
        for (const { sent } of batch) sent();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#sending = undefined;
  }

  #batchLength(): number {
    let bytes = 0;
    const end = this.#waiting.findIndex((record, index) => {
      bytes += record.bytes;
      return index >= batchRecordsMax || bytes > batchBytesMax;
    });
    return end < 0 ? this.#waiting.length : end;
  }
}

function bytesOf({ key, value }: PlacedMessage): number {
  return recordOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0);
}
