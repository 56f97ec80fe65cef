import { expect } from 'chai';
import { StockBusyError } from '../../producers/stockBusyError.ts';

/** The StockBusyError that a call ends with. */
export async function busyOf(call: Promise<unknown>): Promise<StockBusyError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(StockBusyError);
  return error as StockBusyError;
}
