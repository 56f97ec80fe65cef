import { packageVersion } from '../config/packageVersion.ts';
import { type Condition, warningNames } from './conditions.ts';
import type { LaneStatus } from './laneStatus.ts';
import type { ServerProbe } from './serverProbe.ts';
import type { Trouble } from './trouble.ts';

/** Something that keeps the process from being ready: a lane, a server, or a condition. */
export interface Problem extends Trouble {
  engine?: LaneStatus['engine'];
  lane?: number;
  topic?: string;
  server?: string;
  state: string;
  /** Of a condition: when it was first seen, in ISO form. */
  since?: string;
}

/** How the process is, for people and for probes. */
export interface HealthReport {
  version: string;
  /** True when servers answer, all assigned lanes are claimed, and conditions are but warnings. */
  ready: boolean;
  problems: Problem[];
  /** Conditions that leave the process ready; a person should know of them. */
  warnings: Problem[];
  lanes: LaneStatus[];
}

const joining: Problem = {
  server: 'kafka',
  state: 'joining',
  code: 'NOT_ASSIGNED',
  reason: 'the consumer group has assigned no lanes yet',
  hint: '',
};

/** `lanes` is undefined before the group has assigned any: a spare process, with none, is ready. */
export function healthReport(
  lanes: LaneStatus[] | undefined,
  servers: readonly Pick<ServerProbe, 'server' | 'trouble'>[],
  conditions: readonly Condition[] = [],
): HealthReport {
  const problems: Problem[] = lanes ? [] : [joining];
  for (const { server, trouble } of servers) {
    if (trouble) problems.push({ server, state: 'away', ...trouble });
  }
  for (const { engine, lane, state, trouble } of lanes ?? []) {
    if (trouble) problems.push({ engine, lane, state, ...trouble });
  }
  const warnings: Problem[] = [];
  for (const condition of conditions) {
    const list = warningNames.has(condition.code) ? warnings : problems;
    list.push({ state: 'condition', ...condition });
  }
  const ready = problems.length === 0;
  return { version: packageVersion, ready, problems, warnings, lanes: lanes ?? [] };
}
