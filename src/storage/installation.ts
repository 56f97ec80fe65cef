import type { RowDataPacket } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { OperationalError } from '../ops/errors.ts';
import type { EngineName, LaneId } from './progress.ts';
import type { Querying } from './together.ts';

interface Installation {
  topicPrefix: string;
  clusterId: string;
}

/** The topics by which a database without a mark is known. */
export type InputTopics = ReadonlyMap<EngineName, Pick<LaneId, 'topicId'>>;

/**
 * Refuses a database that belongs to topics of another prefix or, where the cluster is known,
 * another Kafka cluster: two installations in one database would take each other's rows for their
 * own. One without a mark is nobody's yet. Throws INSTALLATION_FOREIGN.
 */
export async function requireOwnDatabase(
  reader: Querying,
  settings: Settings,
  clusterId?: string,
): Promise<void> {
  const found = await readInstallation(reader);
  if (!found) return;
  const { ONHAND_TOPIC_PREFIX: prefix, ONHAND_MYSQL_DATABASE: database } = settings;
  const foreign =
    found.topicPrefix !== prefix
      ? `topics with the prefix '${found.topicPrefix}', not '${prefix}'`
      : clusterId !== undefined && found.clusterId !== clusterId
        ? `the Kafka cluster ${found.clusterId}, not ${clusterId}`
        : undefined;
  if (foreign === undefined) return;
  throw new OperationalError(
    'INSTALLATION_FOREIGN',
    `the database ${database} belongs to an installation on ${foreign}`,
    { hint: 'Give each its own ONHAND_MYSQL_DATABASE, or correct prefix or brokers.' },
  );
}

/**
 * Marks a database as this installation's, for good, if it is nobody's: nothing in it, or only
 * lanes that these topics fed. Lanes of other topics are left to the claim, which names what is
 * wrong.
 */
export async function markDatabase(
  writer: Querying,
  settings: Settings,
  clusterId: string,
  inputs: InputTopics,
): Promise<void> {
  if (!(await readInstallation(writer))) {
    const [lanes] = await writer.query<(RowDataPacket & { engine: EngineName; topicId: string })[]>(
      'SELECT DISTINCT engine, topic_id AS topicId FROM progress',
    );
    if (lanes.some(({ engine, topicId }) => inputs.get(engine)?.topicId !== topicId)) return;
    await writer.query(
      'INSERT INTO installation VALUES (1, ?, ?) AS made ' +
        'ON DUPLICATE KEY UPDATE only_row = made.only_row',
      [settings.ONHAND_TOPIC_PREFIX, clusterId],
    );
  }
  await requireOwnDatabase(writer, settings, clusterId);
}

async function readInstallation(reader: Querying): Promise<Installation | undefined> {
  const [rows] = await reader.query<(RowDataPacket & Installation)[]>(
    'SELECT topic_prefix AS topicPrefix, cluster_id AS clusterId FROM installation',
  );
  return rows[0];
}
