import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import type { LaneWork } from '../src/engine/laneWork.ts';
import type { SliceRounds } from '../src/engine/sliceRounds.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import type { TopicIdentity } from '../src/messaging/topicIds.ts';
import type { Topic } from '../src/messaging/topics.ts';
import type { Metrics } from '../src/ops/metrics.ts';
import type { EngineName, Progress } from '../src/storage/progress.ts';
import type { LaneEnd, LanePublisher } from './ownedLane.ts';
import type { SharedReader } from './sharedReader.ts';

/** What lanes need of their process. */
export interface LaneContext {
  engine: EngineName;
  /** The engine's log. */
  input: Topic;
  openWork(lane: number): LaneWork;
  settings: Settings;
  /** For single records of the log. */
  reader: SharedReader;
  /** Which topic the log is now. */
  identifyLog: () => Promise<TopicIdentity>;
  pool: Pool;
  admin: Admin;
  logger: Logger;
  metrics: Metrics;
  /** Where the logs of lanes end, as last looked up. */
  logEnds: ReadonlyMap<number, LaneEnd>;
  /** `onHalted` is told when what is said to be published cannot be. */
  openPublisher(claim: Progress, onHalted: (error: Error) => void): LanePublisher;
  /** Shared by all lanes of the process. */
  rounds: SliceRounds;
  /** Knows the schemas that records name by id, if there is one. */
  registry?: SchemaRegistry | undefined;
}
