import { RawRecordProducer } from '../../producers/rawRecordProducer.ts';
import { openRegistry } from '../messaging/registry/openRegistry.ts';
import { topicsOf } from '../messaging/topics.ts';
import { type DeadLetterMark, markDeadLetters } from '../storage/deadLetterMarks.ts';
import { engineNames } from '../storage/progress.ts';
import { type RunningOperation, asOperation } from './asOperation.ts';
import { letterText } from './deadLetter.ts';
import { deadLetterMessage } from './deadLetterMessage.ts';
import { type LetterBatch, type LetterChoice, readDeadLetters } from './deadLettersReading.ts';
import type { ReplaySources } from './replaySources.ts';

type OnRead = (read: number, total: number) => void;

/**
 * Sends the chosen dead letters into the log from which they came, in their order, and marks them.
 * A letter that was sent and not marked, because the command was killed in between, is sent again
 * by the next one: it has its command or event id, and moves nothing twice. Returns how many.
 * Throws OPERATION_RUNNING, DEAD_LETTER_FOREIGN, DEAD_LETTER_PARTIAL, kafkajs' and MYSQL_* errors.
 */
export async function resendDeadLetters(
  sources: ReplaySources,
  choice: LetterChoice,
  onRead: OnRead,
): Promise<number> {
  const { settings, logger, topics } = sources;
  const registry = openRegistry(settings);
  const producers = new Map(
    engineNames.map((engine) => {
      const { input } = topicsOf(topics, engine);
      return [engine, new RawRecordProducer(settings, 'onhand-resend', logger, input.name)];
    }),
  );
  const send = async ({ engine, letters }: LetterBatch) => {
    await registry?.learn(registry.unlearned(letters));
    const messages = letters.map((letter) => deadLetterMessage(letter, topics, registry));
    await producers.get(engine)?.send(messages);
  };
  try {
    return await settle(sources, choice, 'resent', send, onRead);
  } finally {
    for (const producer of producers.values()) await producer.disconnect();
  }
}

/**
 * Marks the chosen dead letters as done with. Their records stay in the topic: nothing is lost.
 * Returns how many. Throws OPERATION_RUNNING, MYSQL_* and kafkajs' errors.
 */
export function discardDeadLetters(
  sources: ReplaySources,
  choice: LetterChoice,
  onRead: OnRead,
): Promise<number> {
  return settle(sources, choice, 'discarded', () => Promise.resolve(), onRead);
}

function settle(
  sources: ReplaySources,
  choice: LetterChoice,
  mark: DeadLetterMark,
  act: (batch: LetterBatch) => Promise<void>,
  onRead: OnRead,
): Promise<number> {
  const { letters, ...others } = choice;
  const asked = { ...others, letters: letters.map(letterText) };
  const verb = mark === 'resent' ? 'dead-letter resend' : 'dead-letter discard';
  const work = async ({ id, connection }: RunningOperation) => {
    let count = 0;
    const take = async (batch: LetterBatch) => {
      const { engine, topicId, letters: read } = batch;
      await act(batch);
      await markDeadLetters(connection, engine, topicId, read, mark, id);
      count += read.length;
    };
    await readDeadLetters(sources, choice, take, onRead);
    return count;
  };
  return asOperation(sources.settings, { verb, arguments: asked }, work, (count) => {
    return `${count} dead letters ${mark}`;
  });
}
