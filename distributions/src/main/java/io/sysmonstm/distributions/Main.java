package io.sysmonstm.distributions;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry of every command and role: {@code sysmonstm standalone}, {@code sysmonstm collector} and so on. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the process with its status: 0 after an orderly end, 1 after a failure, 2 for bad
   * configuration.
   *
   * @param arguments the command and its flags
   */
  public static void main(String[] arguments) {
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(new CommandLineInterface(System.getenv(), out, err).run(arguments));
  }
}
