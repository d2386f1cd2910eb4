package io.sysmonstm.redis.client;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.sysmonstm.spi.TlsFailure;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What a failure means, for people and for the choice whether to connect anew. */
public final class RedisFailure {
  // Another server may have taken over at the same address, or the credentials are new.
  private static final Set<String> RECONNECT =
      Set.of("READONLY", "NOAUTH", "WRONGPASS", "MASTERDOWN", "LOADING", "NOREPLICAS");

  private RedisFailure() {}

  /**
   * {@return what failed, without addresses or secrets}
   *
   * @param failure thrown by a connection or by connecting
   */
  public static String problem(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case RedisCommandExecutionException reply -> {
          return refusal(code(reply));
        }
        case SSLException tls -> {
          return "Redis: " + TlsFailure.reason(tls).orElseThrow();
        }
        case RedisCommandTimeoutException timeout -> {
          return "Redis does not answer in time";
        }
        case TimeoutException timeout -> {
          return "Redis does not answer in time";
        }
        default -> {}
      }
    }
    return "Redis cannot be reached";
  }

  /**
   * {@return what the last cause says, for a log}
   *
   * @param failure thrown by a connection or by connecting
   */
  public static String reason(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /**
   * {@return whether the connection is of no more use: anything but a refused command}
   *
   * @param failure thrown by a connection
   */
  static boolean breaksConnection(Throwable failure) {
    return !(failure instanceof RedisCommandExecutionException reply)
        || RECONNECT.contains(code(reply));
  }

  private static String refusal(String code) {
    return switch (code) {
      case "OOM" -> "Redis refuses writes: its memory limit is reached";
      case "READONLY" -> "Redis refuses writes: it is a replica";
      case "MISCONF" -> "Redis refuses writes: it cannot save its data";
      case "NOAUTH", "WRONGPASS" -> "Redis refuses the user or password of redis.url";
      case "NOPERM" -> "Redis does not permit a command: the ACL of the user lacks it";
      case "MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN" ->
          "Redis is a cluster, which serves Pub/Sub only: state and streams need a single server";
      case "LOADING" -> "Redis is loading its data";
      default -> "Redis refused a command (%s)".formatted(code);
    };
  }

  private static String code(RedisCommandExecutionException reply) {
    var message = String.valueOf(reply.getMessage());
    int end = message.indexOf(' ');
    return end < 0 ? message : message.substring(0, end);
  }
}
