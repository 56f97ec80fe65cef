import { expect } from 'chai';
import { probeServer } from '../../../stack/probeServer.ts';
import { type ServerName, readStackState } from '../../../stack/stackState.ts';

/** Proves that a server of the stack answers nobody. */
export async function expectAway(name: ServerName): Promise<void> {
  const answers = await probeServer(name, readStackState()!).then(
    () => true,
    () => false,
  );
  expect(answers, `${name} answers`).to.be.false;
}
