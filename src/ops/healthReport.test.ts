import { expect } from 'chai';
import { packageVersion } from '../config/packageVersion.ts';
import { healthReport } from './healthReport.ts';
import type { LaneStatus } from './laneStatus.ts';

const numbers = { nextOffset: 1, lagRecords: 0, lagSeconds: 0, openRecords: 0 };
const outbox = { outboxLagRows: 0, oldestUnpublishedSeconds: 0 };
const place = { engine: 'stock', lane: 0 } as const;
const claimed: LaneStatus = { ...place, state: 'claimed', trouble: null, ...numbers, ...outbox };
const lost = {
  code: 'COMMANDS_LOST',
  reason: 'offsets 0 to 4 were deleted',
  hint: 'Restore them.',
};
const halted: LaneStatus = { ...claimed, lane: 3, state: 'halted', trouble: lost };
const servers = [
  { server: 'kafka', trouble: null },
  { server: 'mysql', trouble: null },
];

describe('healthReport', () => {
  it('is ready when every lane is claimed and the servers answer', () => {
    expect(healthReport([claimed], servers)).to.deep.equal({
      version: packageVersion,
      ready: true,
      problems: [],
      warnings: [],
      lanes: [claimed],
    });
  });

  it('names a lane that is not claimed, its state and the reason', () => {
    const { ready, problems, lanes } = healthReport([claimed, halted], servers);
    expect(ready).to.be.false;
    expect(problems).to.deep.equal([{ engine: 'stock', lane: 3, state: 'halted', ...lost }]);
    expect(lanes).to.have.length(2);
  });

  it('names a server that does not answer', () => {
    const trouble = { code: 'MYSQL_UNREACHABLE', reason: 'refused', hint: '' };
    const { ready, problems } = healthReport([claimed], [{ server: 'mysql', trouble }]);
    expect(ready).to.be.false;
    expect(problems).to.deep.equal([{ server: 'mysql', state: 'away', ...trouble }]);
  });

  it('is ready with a view that is behind, and warns of it', () => {
    const since = '2026-11-30T00:00:00.000Z';
    const behind = { ...lost, code: 'VIEW_BEHIND', since } as const;
    const { ready, problems, warnings } = healthReport([claimed], servers, [behind]);
    expect(ready).to.be.true;
    expect(problems).to.be.empty;
    expect(warnings).to.deep.equal([{ state: 'condition', ...behind }]);
  });

  it('is not ready before the group has assigned lanes, and ready as a spare without any', () => {
    const joining = healthReport(undefined, servers);
    expect(joining.ready).to.be.false;
    expect(joining.problems).to.have.length(1);
    expect(joining.problems[0]).to.include({ state: 'joining', code: 'NOT_ASSIGNED' });
    expect(healthReport([], servers).ready).to.be.true;
  });
});
