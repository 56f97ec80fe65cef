import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** What a process has sent to and got from Kafka. */
export interface KafkaTraffic {
  requests: number;
  /** Both ways. */
  bytes: number;
}

/** Counts what this process exchanges with the brokers, from its call on. */
export function countKafkaTraffic(brokers: string): () => KafkaTraffic {
  const ports = new Set(brokers.split(',').map((broker) => Number(broker.split(':').at(-1))));
  const sockets: Socket[] = [];
  let requests = 0;
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket };
    socket.once('connect', () => {
      if (!ports.has(socket.remotePort ?? 0)) return;
      sockets.push(socket);
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
      // kafkajs writes each request at once and as a whole.
      socket.write = (...args: unknown[]) => {
        requests++;
        return write(...args);
      };
    });
  });
  return () => {
    const bytes = sockets.reduce((sum, { bytesRead, bytesWritten }) => {
      return sum + bytesRead + bytesWritten;
    }, 0);
    return { requests, bytes };
  };
}
