import { countKafkaTraffic } from './kafkaTraffic.ts';

/** Loaded before the processor's own code: answers its parent's question for the traffic so far. */
const traffic = countKafkaTraffic(process.env.ONHAND_KAFKA_BROKERS ?? '');
process.on('message', () => process.send?.(traffic()));
// A parent that is there must not keep the processor from ending.
process.channel?.unref();
