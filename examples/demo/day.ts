import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StockCommandProducer } from '../../producers/stockCommandProducer.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { AskingCommand } from '../../src/domain/commands.ts';
import { OperationalError } from '../../src/ops/errors.ts';
import { Customers } from './customers.ts';
import { readEvents } from './eventReader.ts';
import { answersInTime } from './fate.ts';
import type { Invoice } from './invoice.ts';
import type { LiveView } from './liveView.ts';
import type { InvoicePlan } from './plan.ts';
import type { Tally } from './tally.ts';

const lagMax = 20_000;
const sendBatch = 1000;
const silenceMsMax = 60_000;

/** Commands of one day, and those who hear of their outcomes. */
export interface DayContext {
  settings: Settings;
  logger: Logger;
  plan: InvoicePlan;
  tally: Tally;
  view: LiveView;
}

/**
 * Receives the stock, feeds the orders no faster than they are answered, lets customers react, and
 * ends when every command has its outcome and nothing unpaid is still held.
 */
export async function runDay(
  { settings, logger, plan, tally, view }: DayContext,
  stock: ReadonlyMap<string, number>,
  invoices: AsyncIterable<Invoice> | Iterable<Invoice>,
): Promise<void> {
  const producer = new StockCommandProducer(settings, logger);
  await producer.connect();
  const customers = new Customers();
  const send = async (commands: AskingCommand[]) => {
    tally.sent += commands.length;
    await producer.send(commands);
  };
  const reader = await readEvents(settings, logger, async (events) => {
    const reactions = events.flatMap((event) => {
      tally.take(event, answersInTime);
      return customers.react(event);
    });
    await send(reactions);
  });
  try {
    await send(
      [...stock].map(([sku, quantity], index) => {
        return {
          kind: 'ReceiveStock',
          commandId: `receive-${index}`,
          sku,
          location: 'main',
          quantity,
        };
      }),
    );
    let waiting: AskingCommand[] = [];
    let fed = 0;
    for await (const invoice of invoices) {
      const { commands, returns } = plan.take(invoice);
      waiting.push(...commands, ...returns.flatMap((back) => customers.expectReturn(back)));
      if (waiting.length >= sendBatch) {
        await send(waiting);
        waiting = [];
        await untilAnswered(tally, lagMax);
      }
      view.feed(++fed);
    }
    await send(waiting);
    await untilSettled(tally);
  } finally {
    await reader.disconnect();
    await producer.disconnect();
  }
}

async function untilAnswered(tally: Tally, lag: number): Promise<void> {
  let answered = -1;
  for (let since = Date.now(); tally.lag > lag; await sleep(20)) {
    if (tally.answered !== answered) {
      answered = tally.answered;
      since = Date.now();
    } else if (Date.now() - since > silenceMsMax) throw silence(tally);
  }
}

async function untilSettled(tally: Tally): Promise<void> {
  let events = -1;
  for (let since = Date.now(); tally.lag > 0 || tally.unpaid > 0; await sleep(100)) {
    if (tally.events !== events) {
      events = tally.events;
      since = Date.now();
    } else if (Date.now() - since > silenceMsMax) throw silence(tally);
  }
}

function silence({ lag, unpaid }: Tally): OperationalError {
  return new OperationalError(
    'DEMO_STALLED',
    `no event for ${silenceMsMax / 1000} s: ${lag} commands unanswered, ` +
      `${unpaid} reservations held`,
    { hint: 'See .onhand/logs/demo-processor.log and `onhand stack status`.' },
  );
}
