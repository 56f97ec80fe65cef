import { backlog } from './backlog.ts';
import type { Benchmark } from './benchmark.ts';
import { decide } from './decide.ts';
import { feed } from './feed.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { orders } from './orders.ts';
import { replay } from './replay.ts';
import { scaling } from './scaling.ts';
import { viewEffect } from './viewEffect.ts';
import { outbox } from './outbox.ts';
import { profile } from './profile.ts';
import { recovery } from './recovery.ts';
import { rivalDebezium } from './rivals/debezium/rivalDebezium.ts';
import { rivalRestate } from './rivals/restate/rivalRestate.ts';
import { rivalSeata } from './rivals/seata/rivalSeata.ts';
import { callersSweep } from './callersSweep.ts';
import { throughput } from './throughput.ts';

/** Every benchmark there is, in the order in which they run and are shown. */
export const benchmarks: Benchmark[] = [
  {
    name: 'hot',
    description: 'orders on one SKU: onhand, source design, guarded UPDATE, floors; costs',
    usual: true,
    run: (scale, view) => throughput('hot', scale, view),
  },
  {
    name: 'spread',
    description: 'the same on 1,000 SKUs, evenly',
    usual: true,
    run: (scale, view) => throughput('spread', scale, view),
  },
  {
    name: 'zipf',
    description: 'the same on 1,000 SKUs by Zipf 1.0',
    usual: false,
    run: (scale, view) => throughput('zipf', scale, view),
  },
  {
    name: 'life',
    description: 'whole lives on 1,000 SKUs: reserved, then paid, cancelled or expired',
    usual: true,
    run: (scale, view) => throughput('life', scale, view),
  },
  {
    name: 'life-hot',
    description: 'whole lives on one SKU',
    usual: false,
    run: (scale, view) => throughput('life-hot', scale, view),
  },
  {
    name: 'callers',
    description: 'callers awaiting answers, 1 to 1,024, and 64 on 1,000 SKUs',
    usual: true,
    run: callersSweep,
  },
  {
    name: 'orders',
    description: 'orders of three lines, event to verdict: onhand, source design, a monolith',
    usual: true,
    run: orders,
  },
  {
    name: 'latency',
    description: 'command due → event read, idle and at shares of the maximum',
    usual: true,
    run: latency,
  },
  {
    name: 'outbox',
    description: 'commit → event read, backlog, and kills between the commits',
    usual: true,
    run: outbox,
  },
  {
    name: 'recovery',
    description: 'SIGKILL under load → first new event',
    usual: true,
    run: recovery,
  },
  {
    name: 'idle',
    description: 'CPU of a processor that has nothing to do',
    usual: false,
    run: idle,
  },
  {
    name: 'backlog',
    description: 'how fast, and in how much memory, a processor works off what has gathered',
    usual: false,
    run: backlog,
  },
  {
    name: 'feed',
    description: 'live reserves and orders beside a bulk feed, paced and sent at once',
    usual: false,
    run: feed,
  },
  {
    name: 'replay',
    description: 'verify and rebuild from the log: rate and memory',
    usual: true,
    run: replay,
  },
  {
    name: 'decide',
    description: 'the decision core alone, in memory',
    usual: true,
    run: decide,
  },
  {
    name: 'profile',
    description: 'where a processor spends its time, by part of its work',
    usual: true,
    run: profile,
  },
  {
    name: 'view',
    description: 'what keeping the Redis view costs',
    usual: true,
    run: viewEffect,
  },
  {
    name: 'scaling',
    description: '1, 2 and 4 processes; 1, 4 and 12 lanes',
    usual: false,
    run: scaling,
  },
  rivalRestate,
  rivalDebezium,
  rivalSeata,
];
