/**
 * Stock has not answered: too much is under way, Kafka does not take the command, or the deadline
 * has passed. Calling again with the same `commandId` and the same fields is always safe: a command
 * moves nothing twice.
 */
export class StockBusyError extends Error {
  override readonly name = 'StockBusyError';
  readonly retriable = true;
  readonly commandId: string;
  /** False when the command was certainly not sent. */
  readonly mayBeDecided: boolean;

  constructor(
    commandId: string,
    reason: string,
    options: { mayBeDecided: boolean; cause?: unknown },
  ) {
    const hint = options.mayBeDecided ? 'it may be decided already, or later' : 'it was not sent';
    super(`stock is busy, ${reason}; command ${commandId}: ${hint}, call again with the same id`, {
      cause: options.cause,
    });
    this.commandId = commandId;
    this.mayBeDecided = options.mayBeDecided;
  }
}
