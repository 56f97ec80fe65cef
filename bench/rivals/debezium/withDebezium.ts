import { benchInstallation } from '../../benchInstallation.ts';
import { Arrivals } from './arrivals.ts';
import { DebeziumRelay, type DebeziumSetting } from './debeziumRelay.ts';

/** As many as the benchmark of our own outbox has. */
const partitions = 4;

/** Gives work a relay that is not started and what it has sent, and clears all away afterwards. */
export async function withDebezium<Result>(
  setting: DebeziumSetting,
  work: (relay: DebeziumRelay, arrivals: Arrivals) => Promise<Result>,
  onEvent?: (number: number) => void,
): Promise<Result> {
  const at = await benchInstallation({ ONHAND_PARTITIONS: String(partitions) });
  const relay = await DebeziumRelay.open(at, setting);
  const arrivals = await Arrivals.open(at, onEvent);
  try {
    return await work(relay, arrivals);
  } finally {
    await relay.close();
    await arrivals.close();
    await at.close();
  }
}
