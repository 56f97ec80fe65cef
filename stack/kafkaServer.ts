import { prepareKafkaNode } from './kafkaNode.ts';
import type { NativeServer } from './nativeServer.ts';
import { stackPaths } from './stackPaths.ts';
import { type BrokerName, type StackPorts, brokerNames, brokersOf } from './stackState.ts';

/** After a kill the next start waits until the session of the dead one is over. */
const session = { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 };

/** A broker of the stack's Kafka, which is this one alone or a cluster. */
export function kafkaServer(name: BrokerName): NativeServer {
  return {
    ports: [name, controllerPort(name)],
    prepare: (state, progress) => {
      const nodes = brokersOf(state).map((broker) => ({
        id: nodeId(broker),
        port: state.ports[broker],
        controllerPort: state.ports[controllerPort(broker)],
      }));
      const node = {
        id: nodeId(name),
        folder: stackPaths.server(name),
        clusterId: state.kafkaClusterId,
        nodes,
        settings: session,
        heap: nodes.length > 1 ? '256m' : '512m',
        formatLog: stackPaths.log(`${name}-format`),
      };
      return prepareKafkaNode(node, progress);
    },
  };
}

function nodeId(name: BrokerName): number {
  return brokerNames.indexOf(name) + 1;
}

function controllerPort(name: BrokerName) {
  return name.replace('kafka', 'kafkaController') as Extract<
    keyof StackPorts,
    `kafkaController${string}`
  >;
}
