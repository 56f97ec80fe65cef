import { AnswerClock, type OpenLoadRun } from './answerClock.ts';
import { outboxRig } from './outboxRig.ts';

const warmUpSeconds = 1;
/** The workload is spread evenly over the lanes only roughly. */
const spareShare = 1.5;

/** From the end of a COMMIT with one event until the event was read, at so many a second. */
export async function outboxPaced(perSecond: number, seconds: number): Promise<OpenLoadRun> {
  const clock = new AnswerClock();
  const orders = Math.ceil(perSecond * (seconds + warmUpSeconds) * spareShare);
  const rig = await outboxRig(orders, 1, ({ commandId }) => clock.answered(commandId ?? ''));
  const lanes = rig.writers.map((writer) => {
    return { writer, publisher: rig.publish(writer), slices: 0, last: Promise.resolve() };
  });
  let turn = 0;
  // One commit after the other in a lane, as a lane does it; lanes do not wait for each other.
  const send = () => {
    const lane = lanes[turn++ % lanes.length];
    if (!lane) throw new RangeError('no lanes');
    const id = lane.writer.commandIdOf(lane.slices++);
    lane.last = lane.last.then(async () => {
      const rows = await lane.writer.writeNext();
      clock.countFromNow(id);
      lane.publisher.offer(rows);
    });
    return { id, sent: lane.last };
  };
  const requireAlive = () => {
    if (rig.reader.failure) throw rig.reader.failure;
  };
  await clock.run({ perSecond, seconds: warmUpSeconds, send, requireAlive });
  const run = await clock.run({ perSecond, seconds, send, requireAlive });
  await rig.close();
  return run;
}
