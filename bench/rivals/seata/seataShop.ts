import type { Pool } from 'mysql2/promise';
import { openDatabase } from '../../../src/storage/database.ts';
import { type BenchDatabase, benchDatabase } from '../../benchDatabase.ts';
import { onCleanUp } from '../../cleanUp.ts';
import { fillOrderShop } from '../../orderShop.ts';
import type { OrderWorkload } from '../../orderWorkload.ts';
import { fillShop } from '../../shopDatabase.ts';

/** As Seata's documentation has it; wanted in each schema of a global transaction. */
const undoLog = `CREATE TABLE undo_log (
  branch_id     BIGINT NOT NULL,
  xid           VARCHAR(128) NOT NULL,
  context       VARCHAR(128) NOT NULL,
  rollback_info LONGBLOB NOT NULL,
  log_status    INT NOT NULL,
  log_created   DATETIME(6) NOT NULL,
  log_modified  DATETIME(6) NOT NULL,
  UNIQUE KEY ux_undo_log (xid, branch_id),
  KEY ix_log_created (log_created)
)`;

/** A shop with its orders in one schema and its stock in another. */
export interface SeataShop {
  orders: BenchDatabase;
  stock: BenchDatabase;
  /** Its user owns both schemas; the one of the stock is chosen. */
  pool: Pool;
  close(): Promise<void>;
}

/** Makes both, with the workload's stock. */
export async function seataShop(workload: OrderWorkload): Promise<SeataShop> {
  const orders = await benchDatabase();
  const stock = await benchDatabase();
  const ordersPool = openDatabase(orders.settings, 'migrate', 1);
  const endOrdersPool = onCleanUp(() => ordersPool.end());
  await fillOrderShop(ordersPool, { ...workload, skus: ['unused'], stock: [0] });
  await ordersPool.query(undoLog);
  await endOrdersPool();
  const pool = openDatabase(stock.settings, 'migrate', 2);
  const endPool = onCleanUp(() => pool.end());
  await fillShop(pool, workload);
  await pool.query(undoLog);
  const close = async () => {
    await endPool();
    await stock.close();
    await orders.close();
  };
  return { orders, stock, pool, close };
}
