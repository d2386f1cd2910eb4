package io.sysmonstm.distributions;

import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.plugin.host.Host;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The entry of every command and role: {@code sysmonstm standalone}, {@code sysmonstm collector}
 * and so on.
 */
public final class Main {
  private static final Set<String> HELP = Set.of("--help", "-h", "--version", "-V");

  private Main() {}

  /**
   * Runs a command and ends the process with its status: 0 after an orderly end, 1 after a failure,
   * 2 for bad configuration.
   *
   * @param arguments the command and its flags
   */
  public static void main(String[] arguments) {
    System.exit(isRole(arguments) ? runRole(arguments) : runCommand(arguments));
  }

  /**
   * A role starts without the command line's parser, whose old class files no AOT cache can hold: a
   * tenth of a second of each start.
   */
  private static boolean isRole(String[] arguments) {
    return arguments.length > 0
        && Role.of(arguments[0]).isPresent()
        && Stream.of(arguments).noneMatch(HELP::contains);
  }

  private static int runRole(String[] arguments) {
    var flags = List.of(arguments).subList(1, arguments.length);
    try {
      return new RoleRunner(flags, System.getenv(), RoleRunner.workingDirectory())
          .run(Role.named(arguments[0]));
    } catch (SysmonstmException e) {
      System.err.println(e.getMessage());
      return Host.status(e);
    }
  }

  private static int runCommand(String[] arguments) {
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    return new CommandLineInterface(System.getenv(), out, err).run(arguments);
  }
}
