import { consumerGroup } from '../../messaging/kafkaNames.ts';
import { internalTopics } from '../cluster/clusterControl.ts';
import type { ClusterRig } from './clusterRig.ts';

/** Something that happens to a cluster. It ends when every lane has answered since. */
export interface ClusterFault {
  name: string;
  strike(rig: ClusterRig): Promise<void>;
}

const electionsInARow = 4;
const transactionLog = '__transaction_state';

/** Leaders move while all brokers live: no connection breaks, only partitions say NOT_LEADER. */
const moves: ClusterFault[] = [
  {
    name: 'preferred elections',
    strike: async (rig) => {
      for (let election = 0; election < electionsInARow; election++) {
        await rig.control.rotate(ownTopics(rig));
        await rig.answered();
      }
    },
  },
  {
    name: 'reassignment away from the leaders, and back',
    strike: async (rig) => {
      const placed = await rig.control.partitions(ownTopics(rig));
      const away = placed.map((each) => {
        return { ...each, replicas: each.replicas.filter((id) => id !== each.leader) };
      });
      await rig.control.reassign(away);
      await rig.answered();
      await rig.control.reassign(placed);
    },
  },
  {
    name: 'move of all coordinators',
    strike: async ({ control, answered }) => {
      await control.rotate(internalTopics);
      await answered();
      await control.rotate(internalTopics);
    },
  },
];

const restarts: ClusterFault[] = [
  {
    name: 'stop and start of a leader',
    strike: async (rig) => {
      const node = rig.cluster.node(await leader(rig));
      await node.stop();
      await rig.answered();
      await node.start();
    },
  },
  {
    name: 'rolling restart',
    strike: async (rig) => {
      for (const node of rig.cluster.nodes) {
        await node.stop();
        await node.start();
        await rig.control.untilWhole(rig.topics);
      }
    },
  },
];

const kills: ClusterFault[] = [
  kill('kill of a leader', leader),
  kill('kill of the group coordinator', ({ control, onhand }) =>
    control.groupCoordinator(consumerGroup(onhand.settings, 'stock')),
  ),
  kill('kill of a transaction coordinator', ({ control }) => control.leaderOf(transactionLog, 0)),
  kill('kill of the controller', ({ control }) => control.controller()),
  {
    name: 'leader that stands still beyond its session',
    strike: async (rig) => {
      const id = await leader(rig);
      rig.cluster.node(id).pause();
      await rig.control.untilLed(rig.topics, [id]);
      await rig.answered();
      rig.cluster.node(id).resume();
    },
  },
];

export const clusterFaults = { moves, restarts, kills };

function kill(name: string, victim: (rig: ClusterRig) => Promise<number>): ClusterFault {
  return {
    name,
    strike: async (rig) => {
      const node = rig.cluster.node(await victim(rig));
      await node.kill();
      await rig.answered();
      await node.start();
    },
  };
}

function leader({ control, onhand }: ClusterRig): Promise<number> {
  return control.leaderOf(onhand.topics.stockCommands.name, 0);
}

function ownTopics({ onhand }: ClusterRig): string[] {
  return Object.values(onhand.topics).map(({ name }) => name);
}
