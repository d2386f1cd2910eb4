package io.sysmonstm.store.timescale;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where the server is and who asks it.
 *
 * @param url a JDBC URL; what it sets itself is left as it is
 * @param user the role, empty where the URL names it
 * @param password its password, empty where none is needed or the URL has it
 */
record Server(String url, Optional<String> user, Optional<String> password) {
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(8);
  // Longer than a statement may take, so that it ends only what hangs.
  static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

  static final Setting<String> URL =
      Setting.text("timescale.url", "JDBC URL of TimescaleDB or PostgreSQL; TLS by its parameters.")
          .withDefault("jdbc:postgresql://localhost:5432/sysmonstm");
  static final Setting<String> USER =
      Setting.text("timescale.user", "Role at the database, unless the URL names it.");
  static final Setting<String> PASSWORD =
      Setting.text("timescale.password", "Password of the role.").asSecret();

  /** The settings that every store on this server reads. */
  static final List<Setting<?>> SETTINGS = List.of(URL, USER, PASSWORD);

  static Server of(Settings settings) {
    return new Server(settings.get(URL), settings.find(USER), settings.find(PASSWORD));
  }

  /** Returns a source of connections that never wait for ever. */
  PGSimpleDataSource dataSource(String applicationName) {
    var given = Driver.parseURL(url, new Properties());
    if (given == null) {
      // The URL may hold a password, so it is not shown.
      throw new ConfigException(
          List.of(
              "timescale.url cannot be read: expected jdbc:postgresql://host:port/database, with parameters after '?'"));
    }
    var source = new PGSimpleDataSource();
    source.setUrl(url);
    user.ifPresent(source::setUser);
    password.ifPresent(source::setPassword);
    source.setLoginTimeout((int) CONNECT_TIMEOUT.toSeconds());
    try {
      setUnlessGiven(source, given, PGProperty.CONNECT_TIMEOUT, CONNECT_TIMEOUT.toSeconds());
      setUnlessGiven(source, given, PGProperty.SOCKET_TIMEOUT, SOCKET_TIMEOUT.toSeconds());
      setUnlessGiven(source, given, PGProperty.TCP_KEEP_ALIVE, true);
      setUnlessGiven(source, given, PGProperty.APPLICATION_NAME, applicationName);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return source;
  }

  private static void setUnlessGiven(
      PGSimpleDataSource source, Properties given, PGProperty property, Object value)
      throws SQLException {
    if (!given.containsKey(property.getName())) {
      source.setProperty(property, value.toString());
    }
  }
}
