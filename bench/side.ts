import type { Cost } from './costMeter.ts';
import type { ProgressView } from './progressView.ts';
import type { Workload } from './workload.ts';

/** One run of one side over one workload. */
export interface SideRun {
  /** Commands that were answered, and in how many seconds. */
  commands: number;
  seconds: number;
  granted: number;
  refused: number;
  /** Units promised beyond what was on hand. */
  oversold: number;
  /** Whatever is not as it must be, in words; empty when all is. */
  faults: string[];
  cost: Cost;
  /** Numbers that only this side has. */
  more: Record<string, number>;
}

/** One way to grant or refuse orders, on the servers that all sides share. */
export interface Side<Work = Workload> {
  name: string;
  /** Sets up a place of its own, answers every order, checks what is left, and clears it away. */
  run(workload: Work, view: ProgressView): Promise<SideRun>;
}
