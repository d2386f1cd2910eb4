package io.sysmonstm.distributions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.testkit.Skipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files for deployments name only what there is: roles, keys, paths, networks. */
class DeploymentIT {
  private static final Path ROOT = RunningImage.directory().resolve("../../..").normalize();
  private static final Path CONTAINERFILE = ROOT.resolve("distributions/containers/Containerfile");
  private static final Path SYSTEMD_ANALYZE = Path.of("/usr/bin/systemd-analyze");
  private static final List<String> FLEET =
      List.of("aggregator", "alerts", "collector", "gateway", "edge");

  /** A key as help tells it, {@code --gateway.listen: …}, or as the documentation names it. */
  private static final Pattern KEY =
      Pattern.compile("(?m)^--([a-z0-9.-]+):|`([a-z]+[.-][a-z0-9.-]+)`");

  @TempDir private Path directory;

  @Test
  void composeRunsEveryRoleOfTheFleetFromItsImage() throws IOException {
    var roles = services().values().stream().filter(one -> one.containsKey("build")).toList();

    assertThat(roles.stream().map(DeploymentIT::role)).containsExactlyInAnyOrderElementsOf(FLEET);
    for (var service : roles) {
      var build = map(service.get("build"));
      var context = ROOT.resolve(text(build.get("context")));
      assertThat(context.resolve(text(build.get("dockerfile"))).normalize())
          .isEqualTo(CONTAINERFILE)
          .exists();
      assertThat(service)
          .containsEntry("read_only", true)
          .containsEntry("restart", "unless-stopped");
      assertThat(list(service.get("volumes"))).contains(role(service) + ":/var/lib/sysmonstm");
    }
  }

  @Test
  void composeSetsOnlyKeysThatTheRoleReads() throws IOException {
    for (var service : services().values()) {
      if (service.containsKey("build")) {
        assertThat(map(service.get("environment")).keySet())
            .as(role(service))
            .isSubsetOf(variables(role(service)));
      }
    }
  }

  @Test
  @DisplayName("row 1: compose publishes on the loopback interface alone")
  void composeOpensNothingBeyondTheLoopbackInterface() throws IOException {
    for (var service : services().entrySet()) {
      var ports = list(service.getValue().getOrDefault("ports", List.of()));
      assertThat(ports).as(service.getKey()).allMatch(port -> text(port).startsWith("127.0.0.1:"));
      if (map(service.getValue().getOrDefault("environment", Map.of()))
          .containsKey("ALLOW_INSECURE")) {
        assertThat(ports).as(service.getKey()).isNotEmpty();
        assertThat(service.getValue()).doesNotContainKey("network_mode");
      }
    }
  }

  @Test
  @DisplayName("row 22: containers have no rights of root, and cannot get any")
  void composeTakesAllRightsAway() throws IOException {
    for (var service : services().entrySet()) {
      var name = service.getKey();
      assertThat(service.getValue())
          .as(name)
          .containsEntry("cap_drop", List.of("ALL"))
          .containsEntry("security_opt", List.of("no-new-privileges:true"))
          .doesNotContainKeys("privileged", "devices", "ipc", "userns_mode");
      if (!name.equals("timescale")) {
        assertThat(service.getValue())
            .as(name)
            .containsEntry("read_only", true)
            .doesNotContainKey("cap_add");
      }
    }
    assertThat(services().get("timescale"))
        .containsEntry("cap_add", List.of("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"));
  }

  @ParameterizedTest
  @DisplayName("row 22: units are sandboxed, the collector's too")
  @ValueSource(strings = {"standalone", "aggregator", "alerts", "collector", "edge", "gateway"})
  void theUnitOfARoleTakesAllRightsAway(String role) throws Exception {
    var unit = Files.readString(unit(role));

    assertThat(unit.lines())
        .contains(
            "DynamicUser=true",
            "NoNewPrivileges=true",
            "CapabilityBoundingSet=",
            "AmbientCapabilities=",
            "ProtectSystem=strict",
            "PrivateTmp=true",
            "RestrictNamespaces=true",
            "RestrictSUIDSGID=true",
            "SystemCallFilter=@system-service",
            "UMask=0077")
        .noneMatch(line -> line.startsWith("User=root"));
    Skipped.unless(
        Files.isExecutable(SYSTEMD_ANALYZE), "no systemd-analyze here to judge a unit with");
    // 10 is the worst; whoever opens a unit has to say so here.
    var judged =
        new ProcessBuilder(
                SYSTEMD_ANALYZE.toString(),
                "security",
                "--offline=true",
                "--threshold=25",
                "--no-pager",
                unit(role).toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(judged.getInputStream().readAllBytes(), UTF_8);
    assertThat(judged.waitFor()).as(said).isZero();
    assertThat(said).contains("Overall exposure level");
  }

  @Test
  void composeUsesWhatItDeclares() throws IOException {
    var file = compose();
    var networks = new TreeSet<String>();
    var volumes = new TreeSet<String>();
    for (var service : services().values()) {
      list(service.getOrDefault("networks", List.of())).forEach(one -> networks.add(text(one)));
      for (var volume : list(service.getOrDefault("volumes", List.of()))) {
        if (volume instanceof String named) {
          volumes.add(named.substring(0, named.indexOf(':')));
        }
      }
    }

    assertThat(networks).isEqualTo(map(file.get("networks")).keySet());
    assertThat(volumes).isEqualTo(map(file.get("volumes")).keySet());
  }

  @Test
  void theServersOfComposeAreAskedForTheirHealth() throws IOException {
    assertThat(services().values().stream().filter(one -> !one.containsKey("build")))
        .hasSize(2)
        .allSatisfy(one -> assertThat(one).containsKeys("healthcheck", "image", "restart"));
  }

  @Test
  @DisplayName("row 22: containers do not run as root")
  void theContainerRunsAsNobodyInParticularAndIsAskedForItsHealth() throws IOException {
    var text = Files.readString(CONTAINERFILE);

    assertThat(text)
        .containsPattern("(?m)^USER 10001:10001$")
        .containsPattern("(?m)^HEALTHCHECK ")
        .contains("sysmonstm health --role", "VOLUME /var/lib/sysmonstm");
    assertThat(variables("collector")).contains("DATA_DIRECTORY", "PLUGINS_DIRECTORY");
    assertThat(text).contains("DATA_DIRECTORY=/var/lib/sysmonstm", "PLUGINS_DIRECTORY=/plugins");
    for (var role : FLEET) {
      assertThat(ROOT.resolve("distributions/target/sysmonstm-" + role)).isDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "aggregator", "alerts", "collector", "gateway", "edge"})
  void theUnitOfARoleStartsItWithADirectoryOfItsOwn(String role) throws Exception {
    var unit = Files.readString(unit(role));
    var image = RunningImage.directory(role).getFileName();

    assertThat(unit)
        .contains(
            "ExecStart=/opt/%s/bin/sysmonstm %s --data-directory /var/lib/sysmonstm/%s\n"
                .formatted(image, role, role))
        .contains("StateDirectory=sysmonstm/" + role)
        .contains("DynamicUser=true", "Type=exec", "RestartPreventExitStatus=2");

    var verified =
        Files.writeString(
            directory.resolve("sysmonstm-" + role + ".service"),
            unit.replace("/opt/" + image + "/", RunningImage.directory(role) + "/"));
    Skipped.unless(
        Files.isExecutable(SYSTEMD_ANALYZE), "no systemd-analyze here to check a unit with");
    var analyze =
        new ProcessBuilder(SYSTEMD_ANALYZE.toString(), "verify", verified.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(analyze.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    assertThat(analyze.waitFor()).isZero();
  }

  private static Path unit(String role) {
    return ROOT.resolve("distributions/systemd/sysmonstm-" + role + ".service");
  }

  /** The variables of the keys that a role can have, by its help and by the documentation. */
  private static Set<String> variables(String role) throws IOException {
    var help = RunningImage.runIn(RunningImage.directory(role), role, "--help");
    var documented = Files.readString(ROOT.resolve("docs/configuration.md"));
    return KEY.matcher(help + documented)
        .results()
        .map(key -> key.group(1) == null ? key.group(2) : key.group(1))
        .map(key -> key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
        .collect(Collectors.toSet());
  }

  private static String role(Map<String, Object> service) {
    return text(map(map(service.get("build")).get("args")).get("ROLE"));
  }

  private static Map<String, Map<String, Object>> services() throws IOException {
    return map(compose().get("services")).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> map(entry.getValue())));
  }

  private static Map<String, Object> compose() throws IOException {
    var file = Files.readString(ROOT.resolve("compose.yaml"));
    // The engine reads YAML 1.2, which has no merge key; Docker does.
    var settings = LoadSettings.builder().setAllowNonScalarKeys(false).build();
    return merged(map(new Load(settings).loadFromString(file)));
  }

  /** With what {@code <<} names put beside the other keys, which win. */
  private static Map<String, Object> merged(Map<String, Object> map) {
    var result = new LinkedHashMap<String, Object>();
    if (map.containsKey("<<")) {
      result.putAll(merged(map(map.get("<<"))));
    }
    map.forEach(
        (key, value) -> {
          if (!key.equals("<<")) {
            result.put(key, value instanceof Map<?, ?> ? merged(map(value)) : value);
          }
        });
    return result;
  }

  @SuppressWarnings("unchecked") // YAML's maps have texts as keys here.
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static List<Object> list(Object value) {
    return List.copyOf((Collection<?>) value);
  }

  private static String text(Object value) {
    return (String) value;
  }
}
