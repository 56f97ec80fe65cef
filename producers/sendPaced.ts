import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../src/ops/logger.ts';
import { StockEventTail } from '../consumers/stockEventTail.ts';
import type { ClientSettings } from '../src/config/clientSettings.ts';
import type { AskingCommand } from '../src/domain/commands.ts';
import type { PublishedStockEvent } from '../src/messaging/stockEventCodec.ts';
import { StockCommandProducer } from './stockCommandProducer.ts';

const batchMax = 100;
const pauseMs = 10;

/** How much of a feed others have to wait for. */
export interface PaceOptions {
  /** Commands a second at most; 500 unless given. */
  perSecond?: number;
  /** Commands that may be without an answer at the same time; 200 unless given. */
  underWayMax?: number;
  /** How long a command counts as under way that gets no answer, in ms; 30,000 unless given. */
  patienceMs?: number;
  /** Is told after each batch, and after each pause. */
  onProgress?: (so: PacedSends) => void;
}

/** How far a feed is. */
export interface PacedSends {
  /** Commands that Kafka has. */
  sent: number;
  answered: number;
  /** Of those answered. */
  refused: number;
  /** Sent, and no longer waited for: ids that had been decided before get no second answer. */
  unanswered: number;
}

/**
 * Sends many commands, such as a nightly stock-take, without getting in the way of live ones: no
 * faster than a rate, and it holds back while too many wait for their outcome, so that whatever
 * comes meanwhile waits behind few. Resolves when all are answered or given up. Throws what a send
 * throws; the same feed may then be sent again under the same ids: nothing moves twice.
 */
export async function sendPaced(
  settings: ClientSettings,
  logger: Logger,
  commands: Iterable<AskingCommand> | AsyncIterable<AskingCommand>,
  options: PaceOptions = {},
): Promise<PacedSends> {
  const { perSecond = 500, underWayMax = 200, patienceMs = 30_000 } = options;
  requirePositive({ perSecond, underWayMax, patienceMs });
  const so: PacedSends = { sent: 0, answered: 0, refused: 0, unanswered: 0 };
  const underWay = new Map<string, number>();
  const producer = new StockCommandProducer(settings, logger);
  const tail = new StockEventTail(
    settings,
    logger,
    0,
    ({ commandId, kind }: PublishedStockEvent) => {
      if (commandId === null || !underWay.delete(commandId)) return;
      so.answered++;
      if (kind === 'CommandRejected') so.refused++;
    },
  );

  /** Ids are in the order in which they were sent. */
  const giveUp = () => {
    for (const [commandId, since] of underWay) {
      if (performance.now() - since < patienceMs) return;
      underWay.delete(commandId);
      so.unanswered++;
    }
  };
  const untilAtMost = async (most: number) => {
    while (underWay.size > most) {
      await sleep(pauseMs);
      giveUp();
      options.onProgress?.({ ...so });
    }
  };
  const send = async (batch: readonly AskingCommand[]) => {
    await untilAtMost(underWayMax - batch.length);
    for (const { commandId } of batch) underWay.set(commandId, performance.now());
    await producer.send(batch);
    so.sent += batch.length;
    options.onProgress?.({ ...so });
  };

  try {
    await Promise.all([tail.start(), producer.connect()]);
    // Small batches keep the rate even; a slow moment is not made up for by a rush.
    const size = Math.max(1, Math.min(batchMax, underWayMax, Math.floor(perSecond / 40)));
    let due = performance.now();
    let batch: AskingCommand[] = [];
    for await (const command of commands) {
      batch.push(command);
      if (batch.length < size) continue;
      await sleep(Math.max(0, due - performance.now()));
      due = Math.max(due, performance.now()) + (size * 1000) / perSecond;
      await send(batch);
      batch = [];
    }
    if (batch.length > 0) await send(batch);
    await untilAtMost(0);
    return so;
  } finally {
    await Promise.all([tail.stop(), producer.disconnect()]);
  }
}

function requirePositive(given: Record<string, number>): void {
  for (const [name, value] of Object.entries(given)) {
    if (!(value > 0)) throw new RangeError(`${name} must be above 0, not ${value}`);
  }
}
