import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.seata.rm.RMClient;
import io.seata.rm.datasource.DataSourceProxy;
import io.seata.tm.TMClient;
import io.seata.tm.api.GlobalTransaction;
import io.seata.tm.api.GlobalTransactionContext;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * An order service whose orders and whose stock are in two schemas: as a global transaction of
 * Seata AT with a branch for the order and for each line, or as one local transaction. So many
 * callers at a time, each waiting for its answer. Arguments: a file of settings, and one with a
 * line of SKUs per order. The password of MySQL is in the environment. Prints its figures as one
 * line of JSON.
 */
public final class SeataOrders {
  private static final int TRIES_MAX = 100;
  private static final int GLOBAL_TIMEOUT_MS = 60_000;
  private static final int CLEAR_MS_MAX = 30_000;

  private final List<String[]> orders;
  private final boolean isGlobal;
  private final DataSource plain;
  private final DataSource orderPool;
  private final DataSource orderSource;
  private final DataSource stockSource;
  private final String ordersTable;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger granted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger failedTries = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final long[] nanoseconds;

  private SeataOrders(Properties settings, List<String[]> orders) {
    this.orders = orders;
    this.nanoseconds = new long[orders.size()];
    this.isGlobal = settings.getProperty("mode").equals("global");
    this.plain = pool(settings, "stockUrl");
    if (isGlobal) {
      TMClient.init("bench", "bench");
      RMClient.init("bench", "bench");
    }
    this.orderPool = isGlobal ? pool(settings, "ordersUrl") : plain;
    this.orderSource = isGlobal ? new DataSourceProxy(orderPool) : plain;
    this.stockSource = isGlobal ? new DataSourceProxy(plain) : plain;
    // One connection reaches both schemas: what a local transaction over both needs.
    this.ordersTable = "`" + settings.getProperty("ordersSchema") + "`.shop_orders";
  }

  public static void main(String[] arguments) throws Exception {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
      settings.load(reader);
    }
    List<String[]> orders =
        Files.readAllLines(Path.of(arguments[1])).stream().map(it -> it.split(" ")).toList();
    SeataOrders service = new SeataOrders(settings, orders);
    service.run(Integer.parseInt(settings.getProperty("callers")));
    service.untilCleared();
    // Seata's threads would keep the process up.
    Runtime.getRuntime().halt(0);
  }

  private void run(int callers) throws Exception {
    Thread[] threads = new Thread[callers];
    long begun = System.nanoTime();
    for (int index = 0; index < callers; index++) {
      threads[index] = new Thread(this::call);
      threads[index].start();
    }
    for (Thread thread : threads) thread.join();
    double seconds = (System.nanoTime() - begun) / 1e9;
    Arrays.sort(nanoseconds);
    System.out.printf(
        "{\"cpuSeconds\":%.3f,\"seconds\":%.6f,"
            + "\"granted\":%d,\"refused\":%d,\"failed\":%d,\"failedTries\":%d,"
            + "\"p50\":%.3f,\"p99\":%.3f}%n",
        cpuSeconds(), seconds, granted.get(), refused.get(), failed.get(), failedTries.get(),
        percentileMs(0.5), percentileMs(0.99));
    System.out.flush();
  }

  /** Of this process so far, its start included. */
  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  /** Seata deletes the undo images of what was committed a little later, outside of the clock. */
  private void untilCleared() throws Exception {
    String sql = "SELECT EXISTS (SELECT 1 FROM undo_log)";
    for (long begun = System.nanoTime(); System.nanoTime() - begun < CLEAR_MS_MAX * 1_000_000L; ) {
      boolean isCleared = true;
      for (DataSource source : new DataSource[] {orderPool, plain}) {
        try (Connection connection = source.getConnection();
            ResultSet found = connection.createStatement().executeQuery(sql)) {
          found.next();
          isCleared &= !found.getBoolean(1);
        }
      }
      if (isCleared) return;
      Thread.sleep(100);
    }
  }

  private double percentileMs(double share) {
    int index = (int) Math.ceil(share * nanoseconds.length) - 1;
    return nanoseconds[Math.max(0, index)] / 1e6;
  }

  private void call() {
    for (int number = next.getAndIncrement();
        number < orders.size();
        number = next.getAndIncrement()) {
      long begun = System.nanoTime();
      answer("order-" + number, orders.get(number));
      nanoseconds[number] = System.nanoTime() - begun;
    }
  }

  /** Tries again after a conflict of locks; an order that is never decided has failed. */
  private void answer(String orderId, String[] skus) {
    for (int tries = 1; ; tries++) {
      try {
        if (isGlobal ? placeGlobally(orderId, skus) : placeLocally(orderId, skus)) {
          granted.incrementAndGet();
        } else {
          try (Connection connection = plain.getConnection()) {
            insertOrder(connection, ordersTable, orderId, skus, "rejected");
          }
          refused.incrementAndGet();
        }
        return;
      } catch (Exception error) {
        failedTries.incrementAndGet();
        if (tries < TRIES_MAX) continue;
        System.err.println(orderId + ": " + error);
        failed.incrementAndGet();
        return;
      }
    }
  }

  private boolean placeGlobally(String orderId, String[] skus) throws Exception {
    GlobalTransaction transaction = GlobalTransactionContext.getCurrentOrCreate();
    transaction.begin(GLOBAL_TIMEOUT_MS, "order");
    try {
      try (Connection connection = orderSource.getConnection()) {
        insertOrder(connection, "shop_orders", orderId, skus, "placed");
      }
      boolean reserved;
      // Each line is a branch of its own. Seata's file store loses the locks of a branch of several
      // rows that conflicts: other orders would wait for them for ever.
      try (Connection connection = stockSource.getConnection()) {
        reserved = reserve(connection, skus);
      }
      if (reserved) transaction.commit();
      else transaction.rollback();
      return reserved;
    } catch (Exception error) {
      transaction.rollback();
      throw error;
    }
  }

  private boolean placeLocally(String orderId, String[] skus) throws SQLException {
    return inTransaction(
        plain,
        connection -> {
          insertOrder(connection, ordersTable, orderId, skus, "placed");
          return reserve(connection, skus);
        });
  }

  private interface Work {
    boolean on(Connection connection) throws SQLException;
  }

  /** Commits when the work says so, else rolls back. */
  private static boolean inTransaction(DataSource source, Work work) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        boolean isDone = work.on(connection);
        if (isDone) connection.commit();
        else connection.rollback();
        return isDone;
      } catch (SQLException error) {
        connection.rollback();
        throw error;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  private static void insertOrder(
      Connection connection, String table, String orderId, String[] skus, String status)
      throws SQLException {
    String sql =
        "INSERT INTO " + table + " (order_id, status, content, created_at) VALUES (?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, orderId);
      statement.setString(2, status);
      statement.setString(3, "[\"" + String.join("\", \"", skus) + "\"]");
      statement.setLong(4, System.currentTimeMillis());
      statement.executeUpdate();
    }
  }

  /** A guarded UPDATE per line; false as soon as a line lacks stock. */
  private static boolean reserve(Connection connection, String[] skus) throws SQLException {
    String update =
        "UPDATE shop_stock SET reserved = reserved + 1 WHERE sku = ? AND on_hand - reserved >= 1";
    for (String sku : skus) {
      // A new one each time: Seata takes the parameters of a statement that is used again for more
      // rows of a batch, and could not roll back what it then notes.
      try (PreparedStatement statement = connection.prepareStatement(update)) {
        statement.setString(1, sku);
        if (statement.executeUpdate() == 0) return false;
      }
    }
    return true;
  }

  private static DataSource pool(Properties settings, String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(settings.getProperty(url));
    config.setUsername(settings.getProperty("user"));
    config.setPassword(System.getenv("BENCH_PASSWORD"));
    int connections = Integer.parseInt(settings.getProperty("callers"));
    config.setMaximumPoolSize(connections);
    // Every connection is open before the clock runs.
    config.setMinimumIdle(connections);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.addDataSourceProperty("cachePrepStmts", "true");
    config.addDataSourceProperty("useServerPrepStmts", "true");
    return new HikariDataSource(config);
  }
}
