package io.sysmonstm.store.timescale;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/** Pools of connections that open without a server. */
final class Pools {
  private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

  // A commit that does not wait for the disk is none; whoever asks for more than the own disk gets
  // it.
  private static final String SESSION =
      """
      SET statement_timeout = %1$d; SET idle_in_transaction_session_timeout = %1$d; SET timezone = 'UTC';
      SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') = 'off'\
      """
          .formatted(Server.STATEMENT_TIMEOUT.toMillis());

  private Pools() {}

  static HikariDataSource open(Server server, String name, int connections, boolean readOnly) {
    var config = new HikariConfig();
    config.setPoolName("sysmonstm-" + name);
    config.setDataSource(server.dataSource("sysmonstm-" + name));
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(Server.CONNECT_TIMEOUT.toMillis());
    config.setValidationTimeout(Server.CONNECT_TIMEOUT.toMillis() - 500);
    config.setMaxLifetime(MAX_LIFETIME.toMillis());
    config.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(false);
    config.setReadOnly(readOnly);
    config.setConnectionInitSql(SESSION);
    return new HikariDataSource(config);
  }
}
