package io.sysmonstm.distributions;

import io.sysmonstm.alerts.engine.RuleBackTest;
import io.sysmonstm.alerts.engine.RuleTests;
import io.sysmonstm.alerts.engine.RulesFile;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Rule;
import io.sysmonstm.plugin.host.Host;
import io.sysmonstm.spi.RuleReplay;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code sysmonstm rules}: what can be known of rules before they are deployed. */
final class RuleCommands {
  static final String BACK_TEST = "backtest";

  private static final String RULE = "--rule";
  private static final String FROM = "--from";

  private final Path directory;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Function<ParseResult, RoleRunner> runners;

  RuleCommands(
      Path directory, PrintWriter out, PrintWriter err, Function<ParseResult, RoleRunner> runners) {
    this.directory = directory;
    this.out = out;
    this.err = err;
    this.runners = runners;
  }

  CommandSpec spec() {
    return CommandLineInterface.spec("rules", "Works on alert rules.")
        .addSubcommand("check", check())
        .addSubcommand("test", test())
        .addSubcommand(BACK_TEST, backTest());
  }

  private CommandSpec check() {
    return CommandLineInterface.action(
        ofFile(
            "check",
            "Checks a file of rules and tells all of its problems.",
            "YAML, as alerts.rules-file"),
        parsed -> {
          var file = file(parsed);
          var problems = RulesFile.check(file);
          problems.forEach(err::println);
          if (problems.isEmpty()) {
            out.println(file.getFileName() + ": no problems");
          }
          return problems.isEmpty() ? Host.STATUS_OK : Host.STATUS_BAD_CONFIGURATION;
        });
  }

  private CommandSpec test() {
    return CommandLineInterface.action(
        ofFile(
            "test",
            "Runs the tests in a file: rules, samples, and the alerts that should fire.",
            "YAML with rules: and tests:"),
        parsed -> {
          var file = file(parsed);
          var result = RuleTests.run(file);
          result.failures().forEach(err::println);
          if (result.failures().isEmpty()) {
            out.println("%s: %d tests passed".formatted(file.getFileName(), result.tests()));
          }
          return result.failures().isEmpty() ? Host.STATUS_OK : Host.STATUS_FAILURE;
        });
  }

  private CommandSpec backTest() {
    var spec =
        ofFile(
                BACK_TEST,
                "Replays rules on stored history: when they would have fired, and for how long.",
                "YAML, as alerts.rules-file")
            .addOption(
                OptionSpec.builder(RULE)
                    .paramLabel("NAME")
                    .type(String.class)
                    .description("this rule alone")
                    .build())
            .addOption(
                OptionSpec.builder(FROM)
                    .paramLabel("TIME")
                    .type(String.class)
                    .defaultValue("-7d")
                    .description("since when: a time such as 2026-03-01T00:00:00Z, or how long ago")
                    .build());
    spec.usageMessage()
        .customSynopsis(
            "sysmonstm rules backtest FILE [--rule NAME] [--from -7d] [--config FILE] [--KEY VALUE]...");
    return CommandLineInterface.action(
        spec,
        parsed -> {
          var rules = rules(file(parsed), parsed.matchedOptionValue(RULE, ""));
          var now = Instant.now();
          var from = from(parsed.matchedOptionValue(FROM, "-7d"), now);
          return runners
              .apply(parsed)
              .withHistory(history -> replay(new RuleBackTest(history), rules, from, now));
        });
  }

  private static List<Rule> rules(Path file, String name) {
    var rules = RulesFile.read(file);
    if (name.isEmpty()) {
      return rules;
    }
    var one = rules.stream().filter(rule -> rule.name().equals(name)).toList();
    if (one.isEmpty()) {
      throw new ConfigException(
          List.of("%s: there is no rule '%s'".formatted(file.getFileName(), name)));
    }
    return one;
  }

  private static Instant from(String text, Instant now) {
    var ago = Durations.parse(text.startsWith("-") ? text.substring(1) : text);
    if (ago.isPresent()) {
      return now.minus(ago.get());
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new ConfigException(
          List.of(
              "%s is '%s': expected such as -7d or 2026-03-01T00:00:00Z".formatted(FROM, text)));
    }
  }

  private int replay(RuleReplay replay, List<Rule> rules, Instant from, Instant to) {
    int status = Host.STATUS_OK;
    for (var rule : rules) {
      try {
        var alerts = replay.replay(rule, from, to);
        out.println(
            "%s: %d alerts in %s"
                .formatted(
                    rule.name(), alerts.size(), Durations.format(Duration.between(from, to))));
        alerts.forEach(alert -> out.println("  " + line(alert)));
      } catch (RequestException refused) {
        err.println(rule.name() + ": " + refused.getMessage());
        status = Host.STATUS_FAILURE;
      }
    }
    return status;
  }

  private static String line(Alert alert) {
    var fired = alert.firedAt().orElse(alert.startedAt());
    return "%s  %s%s  %s"
        .formatted(
            fired,
            alert.machineId(),
            alert.labels().isEmpty() ? "" : alert.labels(),
            alert
                .resolvedAt()
                .map(end -> "for " + Durations.format(Duration.between(fired, end)))
                .orElse("still firing: " + alert.message()));
  }

  private static CommandSpec ofFile(String name, String help, String description) {
    return CommandLineInterface.spec(name, help)
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("FILE")
                .type(String.class)
                .required(true)
                .index("0")
                .arity("1")
                .description(description)
                .build());
  }

  private Path file(ParseResult parsed) {
    return directory.resolve(parsed.matchedPositionalValue(0, ""));
  }
}
