package io.sysmonstm.store.timescale;

import io.sysmonstm.spi.TlsFailure;
import java.sql.SQLException;

/** What a failure of the server means for whoever asked. */
enum SqlFailure {
  /** The connection broke, or none was to be had: nothing works until there is a new one. */
  LINK,
  /** The server is there and cannot do it now; later it can. */
  PASSING,
  /** This statement took too long. */
  TIMEOUT,
  /** A value that the server does not take. */
  ROW,
  /** Missing rights, or a schema that is not as expected: waiting does not mend it. */
  BROKEN;

  static SqlFailure of(SQLException failure) {
    var state = failure.getSQLState();
    if (state == null || state.length() < 2) {
      return LINK; // the pool gave up waiting, or the driver lost the thread
    }
    if (state.equals("57014")) {
      return TIMEOUT;
    }
    return switch (state.substring(0, 2)) {
      case "08", "57", "28", "3D" -> LINK;
      case "40", "53", "55", "58", "25" -> state.equals("53300") ? LINK : PASSING;
      case "22", "23", "P0" -> ROW;
      default -> BROKEN;
    };
  }

  /** Says in a few words what the matter is, without addresses, statements or values. */
  static String explain(SQLException failure) {
    // The driver looks at the host name by itself, and has no exception of its own for it.
    if (String.valueOf(failure.getMessage()).contains("PgjdbcHostnameVerifier")) {
      return "the server is not trusted: its certificate is for another host name";
    }
    var untrusted = TlsFailure.reason(failure);
    if (untrusted.isPresent()) {
      return "the server is not trusted: " + untrusted.get();
    }
    var state = failure.getSQLState();
    return switch (state == null ? "" : state) {
      case "08004" -> "the server refuses the connection, or offers no TLS";
      case "53100" -> "the server's disk is full";
      case "53300" -> "the server takes no more connections";
      case "25006" -> "the database is read-only";
      case "28P01", "28000" -> "the server refuses the role or its password";
      case "3D000" -> "there is no such database";
      case "42501" -> "the role lacks rights";
      default ->
          switch (of(failure)) {
            case LINK -> "no connection";
            case PASSING -> "the server cannot do it now (SQLSTATE %s)".formatted(state);
            case TIMEOUT -> "it took too long";
            case ROW -> "the server refuses a value (SQLSTATE %s)".formatted(state);
            case BROKEN -> "the server refuses the statement (SQLSTATE %s)".formatted(state);
          };
    };
  }
}
