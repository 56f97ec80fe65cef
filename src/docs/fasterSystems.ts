/** Systems that are faster at what onhand does, or at a part of it. Figures are their vendors'. */
export const fasterSystems: [system: string, figure: string, lacks: string][] = [
  [
    'MySQL kernels with a hot-row path: AliSQL’s inventory hint, PolarDB, TXSQL',
    'some 31,000 transactions a second on one row (Alibaba Cloud’s documentation of RDS), 30,000 ' +
      'on 32 cores (Tencent Cloud’s of TXSQL)',
    'rented from one cloud each; single-row updates only, so reservations and outbox rows beside ' +
      'them pay the usual price; nothing for plain MySQL',
  ],
  [
    'TigerBeetle, a ledger of its own',
    'designed for a million transfers a second (its documentation); about 107,000 on hot ' +
      'accounts with three replicas (measured by SoftwareMill in its tb-perf)',
    'a second database without SQL and without users’ rights, no Kafka in or out; stock, orders ' +
      'and events have to be kept together by the program around it',
  ],
  [
    'A Lua counter in Redis, written back later',
    'some 630,000 pipelined SETs a second with five threads (measured by the Valkey project)',
    'a failover loses what was promised or promises it twice; no history, no events',
  ],
  [
    'Kafka Streams with exactly-once',
    'none published that compares',
    'Java; the state is in its own stores, so that reports need another way to SQL',
  ],
];
