package io.sysmonstm.store.timescale;

import java.sql.Connection;
import java.sql.SQLException;

/** Something to do with a connection. */
interface Work<T> {
  T run(Connection connection) throws SQLException;
}
