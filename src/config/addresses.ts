import { isIPv6 } from 'node:net';

/**
 * What is wrong with a list of Kafka's brokers, `host:port` separated by commas, IPv6 addresses in
 * brackets; undefined when nothing is. kafkajs would look for what it names, again and again.
 */
export function brokersFault(text: string): string | undefined {
  const brokers = text.split(',').map((broker) => broker.trim());
  for (const broker of brokers) {
    const fault = brokerFault(broker);
    if (fault !== undefined) return `${JSON.stringify(broker)}: ${fault}`;
  }
  return undefined;
}

function brokerFault(broker: string): string | undefined {
  if (broker === '') return 'a broker is missing before or after a comma';
  if (/^\w+:\/\//.test(broker)) return 'host:port only, without a protocol before it';
  const [, host, port] = /^(.*):(\d+)$/.exec(broker) ?? [];
  if (host === undefined) return 'the port is missing: host:port';
  if (!(Number(port) >= 1 && Number(port) <= 65535)) return 'the port must be 1 to 65535';
  return hostFault(host);
}

/** What is wrong with the name or address of a host; undefined when nothing is. */
export function hostFault(host: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (isIPv6(bare)) return undefined;
  if (/["'`]/.test(host)) return 'quotes are part of the value: leave them out';
  if (host.includes(':')) return 'a host without protocol and port';
  // Underscores are none of DNS, yet containers have such names.
  if (/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(host)) return undefined;
  return 'it is no name or address of a host';
}
