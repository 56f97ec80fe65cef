import type { AskingCommand } from './commands.ts';
import type { CommandRejected, EventBody } from './events.ts';
import type { REJECTIONS_OF } from './rejections.ts';

/** The command is granted: by how much the two quantities move, and what is stated. */
export interface Granted {
  onHandDelta: number;
  reservedDelta: number;
  body: Exclude<EventBody, CommandRejected>;
}

/** The command is refused, for one of the reasons that its kind can meet. */
export interface Refused<Kind extends AskingCommand['kind']> {
  refused: (typeof REJECTIONS_OF)[Kind][number];
  /** Units that are missing, when it was refused for want of units. */
  shortage?: number;
}

export type Verdict<Kind extends AskingCommand['kind']> = Granted | Refused<Kind>;

export function granted(
  onHandDelta: number,
  reservedDelta: number,
  body: Granted['body'],
): Granted {
  return { onHandDelta, reservedDelta, body };
}
