import type { ReservationTotals } from '../reservationTotals.ts';
import { evolveHead } from './evolveOrder.ts';
import { FIRST_RETURN_STEP, orderCommandId } from './orderCommandId.ts';
import type {
  FactBody,
  OrderCommand,
  OrderFact,
  StockAnswered,
  StockAsked,
  TotalsLearned,
} from './orderFacts.ts';
import { evolveLine, informedLine, isNews, openedLine } from './orderLine.ts';
import type { Order, OrderHead, OrderLine, OrderPolicy } from './orderState.ts';
import type { VerdictBody } from './orderVerdicts.ts';

/** A command without what follows from the line that it is about. */
type CommandBody<Command = OrderCommand> = Command extends OrderCommand
  ? Omit<Command, 'commandId' | 'sku' | 'location' | 'orderId'>
  : never;

/**
 * What one decision about an order sees and states. It starts from the order and follows its own
 * facts, so that a decision which first states an expiry goes on with what this leaves. The order
 * itself is not changed: that is for `evolveOrder`. Lines are not copied, only what changes of
 * them.
 */
export class OrderDraft {
  readonly facts: OrderFact[] = [];
  readonly policy: OrderPolicy;
  /** Log time of the event, in ms since 1970. */
  readonly now: number;
  head: OrderHead;
  private opened: readonly OrderLine[];
  private readonly changed = new Map<number, OrderLine>();

  constructor(order: Order, policy: OrderPolicy, now: number) {
    this.head = order.head;
    this.opened = order.lines;
    this.policy = policy;
    this.now = now;
  }

  line(index: number): OrderLine | undefined {
    return this.changed.get(index) ?? this.opened[index];
  }

  /** All lines as they stand now; to be called once per step of the order, not per reply. */
  lines(): OrderLine[] {
    return this.opened.map((line, index) => this.changed.get(index) ?? line);
  }

  /** States a fact, and follows it. */
  state(body: FactBody): void {
    const fact: OrderFact = { orderId: this.head.orderId, ...body };
    this.facts.push(fact);
    this.head = evolveHead(this.head, fact);
    if (fact.kind === 'OrderOpened') this.opened = fact.lines.map(openedLine);
    if (fact.kind === 'StockAsked' || fact.kind === 'StockAnswered') this.followLine(fact);
    if (fact.kind === 'TotalsLearned') this.followTotals(fact);
  }

  /** States a verdict, the next one of the order. */
  answer(answers: string | null, body: VerdictBody): void {
    const { orderId, sequence } = this.head;
    const head = { orderId, sequence: sequence + 1, answers, time: this.now };
    this.state({ kind: 'VerdictGiven', verdict: { ...head, ...body } });
  }

  /** Sends a command about a stock item of the order. */
  ask(
    { sku, location }: { sku: string; location: string },
    line: number,
    step: number,
    body: CommandBody,
  ): void {
    const { orderId, cause } = this.head;
    const commandId = orderCommandId(cause, line, step);
    const command: OrderCommand = { commandId, sku, location, orderId, ...body };
    this.state({ kind: 'StockAsked', line, step, command });
  }

  /** Takes over what the stock engine says of a line's reservation, if it is news. */
  learn(index: number, totals: ReservationTotals | null): void {
    const line = this.line(index);
    if (line && totals && isNews(line, totals)) {
      this.state({ kind: 'TotalsLearned', line: index, totals });
    }
  }

  private followTotals({ line: index, totals }: TotalsLearned): void {
    const line = this.line(index);
    if (line) this.changed.set(index, informedLine(line, totals));
  }

  private followLine(fact: StockAsked | StockAnswered): void {
    const line = this.line(fact.line);
    if (line && fact.step < FIRST_RETURN_STEP) this.changed.set(fact.line, evolveLine(line, fact));
  }
}
