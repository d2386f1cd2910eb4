package io.sysmonstm.distributions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a fresh installation listens to, in each of its roles. */
class LoopbackIT {
  // A gateway alone is refused on stores of its own.
  private static final String STORES =
      "current.store: redis\nhistory.store: timescale\nevents.bus: redis-streams\n";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"standalone,2", "aggregator,1", "gateway,1", "edge,1", "collector,0", "alerts,0"})
  @DisplayName("row 1: a fresh installation has sockets of the loopback interface alone")
  void listensToThisMachineAlone(String role, int sockets) {
    int grpc = RunningImage.freePort();
    int http = RunningImage.freePort();
    try (var process =
        RunningImage.role(
            role,
            directory.resolve(role),
            environment(role),
            grpc,
            http,
            flags(role, grpc, http))) {
      process.awaitLog("role_started");
      var listening = ListeningSockets.of(process.pid());
      assertThat(listening).allMatch(socket -> socket.getAddress().isLoopbackAddress());
      assertThat(listening)
          .extracting(InetSocketAddress::getPort)
          .hasSize(sockets)
          .isSubsetOf(grpc, http);
    }
  }

  private static String[] flags(String role, int grpc, int http) {
    return role.equals("standalone")
        ? new String[] {
          "--aggregator.listen", "127.0.0.1:" + grpc, "--gateway.listen", "127.0.0.1:" + http
        }
        : new String[0];
  }

  // What it cannot start without; none of these servers is there.
  private static Map<String, String> environment(String role) {
    var environment = new LinkedHashMap<String, String>();
    if (List.of("gateway", "alerts").contains(role)) {
      environment.put("CURRENT_STORE", "redis");
      environment.put("HISTORY_STORE", "timescale");
      environment.put("EVENTS_BUS", "redis-streams");
      environment.put("REDIS_URL", "redis://127.0.0.1:1");
      environment.put("TIMESCALE_URL", "jdbc:postgresql://127.0.0.1:1/x");
    }
    if (role.equals("edge")) {
      environment.put("EDGE_PUBLISH_TOKEN", "0123456789abcdef");
    }
    if (role.equals("collector")) {
      environment.put("COLLECTOR_AGGREGATOR_URL", "127.0.0.1:1");
    }
    return environment;
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "aggregator", "gateway", "edge"})
  @DisplayName("row 1: the addresses to listen on are those of the loopback unless they are set")
  void defaultsAreLoopback(String role) throws IOException {
    var addresses =
        RunningImage.run(
                "config",
                "--role",
                role,
                "--config",
                Files.writeString(directory.resolve("fleet.yaml"), STORES).toString())
            .lines()
            .filter(line -> line.matches("\\w+\\.listen: .*"))
            .toList();

    assertThat(addresses)
        .hasSize(role.equals("standalone") ? 2 : 1)
        .allMatch(line -> line.matches("\\w+\\.listen: 127\\.0\\.0\\.1:\\d+ +# default"));
  }
}
