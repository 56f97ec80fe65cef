import type { StockCommand } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import type { StockEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { decideOrder } from '../domain/order/decideOrder.ts';
import { evolveOrder } from '../domain/order/evolveOrder.ts';
import type { OrderEvent, StockReply } from '../domain/order/orderEvents.ts';
import type { OrderCommand } from '../domain/order/orderFacts.ts';
import type { Order } from '../domain/order/orderState.ts';
import { emptyOrderState } from '../domain/order/orderState.ts';
import type { OrderVerdict } from '../domain/order/orderVerdicts.ts';
import { replyTo } from '../domain/order/replyTo.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { ReservationTotals } from '../domain/reservationTotals.ts';
import { emptyState, recall } from '../domain/stockState.ts';
import { expectSound } from './expectSound.ts';
import { listReservations } from './listReservations.ts';
import { commandsOf, listDeadlines, orderPolicy, verdictsOf } from './orderSpec.ts';
import { policy, startTime } from './spec.ts';

interface Logged<Message> {
  message: Message;
  /** Log time: when it was appended, not when it is decided. */
  time: number;
}

/** A log and how far it was decided. */
class Log<Message> {
  readonly records: Logged<Message>[] = [];
  decided = 0;

  get waits(): boolean {
    return this.decided < this.records.length;
  }

  append(message: Message, time: number): void {
    this.records.push({ message, time });
  }

  next(): Logged<Message> | undefined {
    return this.waits ? this.records[this.decided++] : undefined;
  }

  /** Lets two neighbours that wait change places; their log times stay in order. */
  swap(choice: number, may: (message: Message) => boolean): void {
    const waiting = this.records.length - this.decided;
    if (waiting < 2) return;
    const position = this.decided + (choice % (waiting - 1));
    const [first, second] = [this.records[position]!, this.records[position + 1]!];
    if (!may(first.message) || !may(second.message)) return;
    [first.message, second.message] = [second.message, first.message];
  }
}

/** How the ids of a warehouse's own commands begin. */
export const warehouseId = 'warehouse-';

/** What is to be published by one lane, in order. */
type Outbox<Message> = Message[];

/**
 * One order lane and several stock lanes with a log and an outbox each. Whoever uses it chooses
 * what goes on next; each message arrives late, in the order of its lane, and some arrive twice.
 */
export class OrderWorld {
  now = startTime;
  readonly orders = emptyOrderState(orderPolicy);
  readonly stock = emptyState(policy);
  readonly orderLog = new Log<OrderEvent>();
  readonly stockLogs: Log<StockCommand>[];
  readonly verdicts: OrderVerdict[] = [];
  /** Place in the order log at which an order was stated to be reserved, and until when. */
  readonly reservedAt = new Map<string, { place: number; expiresAt: number }>();
  /** What the order engine has been told of each reservation, by order and SKU. */
  readonly told = new Map<string, ReservationTotals>();
  /** What a warehouse has moved by commands of its own: its last event's sequence, and returns. */
  readonly direct = new Map<string, { sequence: number; returned: number }>();
  readonly #commands: Outbox<OrderCommand> = [];
  readonly #replies: Outbox<OrderEvent>[];
  readonly #onVerdict: (verdict: OrderVerdict, world: OrderWorld) => void;

  constructor(lanes: number, onVerdict: (verdict: OrderVerdict, world: OrderWorld) => void) {
    this.stockLogs = Array.from({ length: lanes }, () => new Log<StockCommand>());
    this.#replies = this.stockLogs.map(() => []);
    this.#onVerdict = onVerdict;
  }

  /** Something from outside onhand. */
  send(event: OrderEvent): void {
    this.orderLog.append(event, this.now);
  }

  sendCommand(command: Exclude<StockCommand, { kind: 'ExpireDue' }>): void {
    this.#logOf(command.sku).append(command, this.now);
  }

  /** Appends an order event that was there before: the broker or the sender repeats it. */
  sendAgain(choice: number): void {
    const { records } = this.orderLog;
    const again = records[choice % Math.max(1, records.length)];
    if (again && again.message.kind !== 'DeadlinesDue') this.send(again.message);
  }

  sendCommandAgain(choice: number): void {
    const commands = this.stockLogs.flatMap(({ records }) => records);
    const again = commands[choice % Math.max(1, commands.length)]?.message;
    if (again && again.kind !== 'ExpireDue') this.sendCommand(again);
  }

  swapReplies(choice: number): void {
    this.orderLog.swap(choice, ({ kind }) => kind === 'StockReply');
  }

  publishCommand(): void {
    const command = this.#commands.shift();
    if (command) this.sendCommand(command);
  }

  publishReply(lane: number): void {
    const reply = this.#replies[lane % this.#replies.length]!.shift();
    if (reply) this.send(reply);
  }

  decideOrder(): void {
    const record = this.orderLog.next();
    if (!record) return;
    if (record.message.kind === 'DeadlinesDue') this.orders.due = listDeadlines(this.orders);
    const cause = `${'T'.repeat(22)}:0:${this.orderLog.decided}`;
    const facts = decideOrder(record.message, this.orders, record.time, cause);
    for (const fact of facts) evolveOrder(this.orders, fact);
    if (record.message.kind === 'StockReply' && facts.length > 0) this.#noteTold(record.message);
    this.#commands.push(...commandsOf(facts));
    for (const verdict of verdictsOf(facts)) {
      this.verdicts.push(verdict);
      if ('expiresAt' in verdict && verdict.kind !== 'OrderStockExpired') {
        const { orderId, expiresAt } = verdict;
        this.reservedAt.set(orderId, { place: this.orderLog.decided, expiresAt });
      }
      this.#onVerdict(verdict, this);
    }
  }

  decideStock(lane: number): void {
    const index = lane % this.stockLogs.length;
    const record = this.stockLogs[index]!.next();
    if (!record) return;
    const { message: command, time } = record;
    if (command.kind === 'ExpireDue') {
      const ofLane = (sku: string) => this.#logOf(sku) === this.stockLogs[index];
      this.stock.due = listReservations(this.stock).filter(({ sku }) => ofLane(sku));
    }
    const events = decide(command, this.stock, time);
    for (const event of events) evolve(this.stock, event);
    expectSound(this.stock);
    for (const event of events) this.#noteDirect(event);
    if (command.kind === 'ExpireDue' || !isOrderCommand(command)) return;
    // A repeat is answered as it was the first time.
    const outcome: StockEvent = events.at(-1) ?? recall(this.stock, command.commandId, time)!;
    this.#replies[index]!.push(replyTo(command, outcome, this.stock));
  }

  #noteTold({ orderId, sku, totals }: StockReply): void {
    const known = this.told.get(`${orderId} ${sku}`);
    if (totals && totals.sequence > (known?.sequence ?? 0)) {
      this.told.set(`${orderId} ${sku}`, totals);
    }
  }

  #noteDirect(event: StockEvent): void {
    if (!event.commandId?.startsWith(warehouseId) || !('orderId' in event)) return;
    if (event.kind === 'CommandRejected') return;
    const key = `${event.orderId} ${event.sku}`;
    const back = event.kind === 'StockReturned' ? event.quantity : 0;
    const returned = (this.direct.get(key)?.returned ?? 0) + back;
    this.direct.set(key, { sequence: event.sequence, returned });
  }

  /** Lets everything that is under way arrive, a lane at a time. */
  settle(): void {
    const isBusy = () =>
      this.orderLog.waits ||
      this.#commands.length > 0 ||
      this.stockLogs.some(({ waits }) => waits) ||
      this.#replies.some(({ length }) => length > 0);
    while (isBusy()) {
      this.decideOrder();
      this.publishCommand();
      this.stockLogs.forEach((_, lane) => {
        this.decideStock(lane);
        this.publishReply(lane);
      });
    }
  }

  /** Stores all orders and reads them again, as after a crash. */
  reload(): void {
    for (const [orderId, order] of this.orders.orders) {
      this.orders.orders.set(orderId, JSON.parse(JSON.stringify(order)) as Order);
    }
  }

  /** The reservations of an order, by SKU. */
  reservationsOf(orderId: string): Map<string, Reservation> {
    const found = new Map<string, Reservation>();
    for (const { sku, reservations } of this.stock.items.values()) {
      const reservation = reservations.get(orderId);
      if (reservation) found.set(sku, reservation);
    }
    return found;
  }

  #logOf(sku: string): Log<StockCommand> {
    return this.stockLogs[sku.charCodeAt(sku.length - 1) % this.stockLogs.length]!;
  }
}

function isOrderCommand(command: StockCommand): command is OrderCommand {
  return 'orderId' in command && command.kind !== 'ExtendReservation';
}
