package io.sysmonstm.distributions;

import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.plugin.host.HealthReport;
import io.sysmonstm.plugin.host.Host;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/**
 * The commands. Keys of the configuration are flags of roles; they are passed through, since
 * plugins bring their own.
 */
final class CommandLineInterface {
  private static final String ROLE = "--role";

  private final Map<String, String> environment;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Path directory;

  CommandLineInterface(Map<String, String> environment, PrintWriter out, PrintWriter err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
    this.directory = RoleRunner.workingDirectory();
  }

  int run(String... arguments) {
    var commands =
        new CommandLine(root()).setOut(out).setErr(err).setExecutionStrategy(this::execute);
    commands
        .getSubcommands()
        .forEach(
            (name, command) -> {
              command.setUnmatchedArgumentsAllowed(!name.equals("rules"));
              // What reads history takes the keys that say where it is.
              Optional.ofNullable(command.getSubcommands().get(RuleCommands.BACK_TEST))
                  .ifPresent(backTest -> backTest.setUnmatchedArgumentsAllowed(true));
            });
    return commands.execute(arguments);
  }

  private CommandSpec root() {
    var root =
        spec("sysmonstm", "Watches many machines: live, with history, and with alerts.")
            .version("sysmonstm " + version());
    Role.here().forEach(role -> root.addSubcommand(role.command(), role(role)));
    root.addSubcommand("plugins", plugins())
        .addSubcommand("config", config())
        .addSubcommand("health", health());
    if (Role.AGGREGATOR.isHere()) {
      var access = new AccessCommands(out, err, this::runner);
      root.addSubcommand("token", access.token()).addSubcommand("machines", access.machines());
    }
    if (Role.ALERTS.isHere()) {
      root.addSubcommand(
          "notify", spec("notify", "Works on notifiers.").addSubcommand("test", notifyTest()));
      root.addSubcommand("rules", new RuleCommands(directory, out, err, this::runner).spec());
    }
    return root;
  }

  private CommandSpec role(Role role) {
    var name = role.command();
    var spec = spec(name, role.summary());
    spec.usageMessage()
        .customSynopsis("sysmonstm " + name + " [--config FILE] [--KEY VALUE]...")
        .footerHeading("%nKeys; in the environment --current.store is CURRENT_STORE:%n");
    // Only where it is asked for: the keys are known when the plugins are.
    spec.usageMessage()
        .sectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_FOOTER,
            usage -> String.join(System.lineSeparator(), keys(role)) + System.lineSeparator());
    return action(spec, parsed -> runner(parsed).run(role));
  }

  private List<String> keys(Role role) {
    return new RoleRunner(List.of(), Map.of(), directory).help(role);
  }

  private CommandSpec config() {
    return action(
        ofRole(
            "config",
            "Prints the effective configuration of a role, and where each value is from."),
        parsed -> {
          runner(parsed).effective(role(parsed)).forEach(out::println);
          return Host.STATUS_OK;
        });
  }

  private CommandSpec health() {
    return action(
        ofRole(
            "health",
            "Tells how a role is that runs with this data directory; status 1 where it is not ready."),
        parsed -> {
          var role = role(parsed);
          var report = runner(parsed).health(role);
          report.ifPresentOrElse(
              out::println,
              () -> err.println(role.command() + " does not run here, or hangs: no fresh report"));
          return report.filter(HealthReport::isReady).isPresent()
              ? Host.STATUS_OK
              : Host.STATUS_FAILURE;
        });
  }

  private static CommandSpec ofRole(String name, String help) {
    var spec =
        spec(name, help)
            .addOption(
                OptionSpec.builder(ROLE)
                    .paramLabel("ROLE")
                    .type(String.class)
                    .required(true)
                    .description(Role.commands())
                    .build());
    spec.usageMessage()
        .customSynopsis(
            "sysmonstm %s --role ROLE [--config FILE] [--KEY VALUE]...".formatted(name));
    return spec;
  }

  private static Role role(ParseResult parsed) {
    return Role.named(parsed.matchedOptionValue(ROLE, ""));
  }

  private CommandSpec plugins() {
    return action(
        spec(
            "plugins", "Lists the plugins that are there, from where, and why one cannot be used."),
        parsed -> {
          runner(parsed).plugins().forEach(out::println);
          return Host.STATUS_OK;
        });
  }

  private CommandSpec notifyTest() {
    var spec =
        spec("test", "Tells of a test through a notifier; status 1 where that fails.")
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("NAME")
                    .type(String.class)
                    .required(true)
                    .index("0")
                    .arity("1")
                    .description("that of alerts.notifiers.NAME")
                    .build());
    spec.usageMessage()
        .customSynopsis("sysmonstm notify test NAME [--config FILE] [--KEY VALUE]...");
    return action(
        spec,
        parsed -> {
          var name = parsed.matchedPositionalValue(0, "");
          var problem = runner(parsed).notifyTest(name);
          problem.ifPresentOrElse(
              why -> err.println(name + " could not tell: " + why),
              () -> out.println(name + " has told of a test"));
          return problem.isEmpty() ? Host.STATUS_OK : Host.STATUS_FAILURE;
        });
  }

  private RoleRunner runner(ParseResult parsed) {
    return new RoleRunner(parsed.unmatched(), environment, directory);
  }

  static CommandSpec spec(String name, String help) {
    var spec = CommandSpec.create().name(name).mixinStandardHelpOptions(true);
    spec.usageMessage().description(help);
    return spec;
  }

  static CommandSpec action(CommandSpec spec, ToIntFunction<ParseResult> action) {
    return spec.addMixin("action", CommandSpec.wrapWithoutInspection(action));
  }

  /** Runs the innermost command, or shows what it offers where it does nothing by itself. */
  @SuppressWarnings("unchecked") // Only actions are added as mixins of this name.
  private int execute(ParseResult parsed) {
    var help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    var action = parsed.commandSpec().mixins().get("action");
    if (action == null) {
      parsed.commandSpec().commandLine().usage(parsed.commandSpec().commandLine().getErr());
      return Host.STATUS_BAD_CONFIGURATION;
    }
    try {
      return ((ToIntFunction<ParseResult>) action.userObject()).applyAsInt(parsed);
    } catch (SysmonstmException e) {
      // Thrown on, it would be shown with its stack.
      err.println(e.getMessage());
      return Host.status(e);
    }
  }

  static String version() {
    return CommandLineInterface.class
        .getModule()
        .getDescriptor()
        .rawVersion()
        .orElse("(not packaged)");
  }
}
