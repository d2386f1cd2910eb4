package io.sysmonstm.distributions;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Durations;
import io.sysmonstm.plugin.host.Host;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.tls.Invitation;
import io.sysmonstm.tls.MachineTokens;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code sysmonstm token} and {@code sysmonstm machines}: who may come in. They work on the store
 * of the configuration, while roles run on it.
 */
final class AccessCommands {
  private static final String TTL = "--ttl";
  private static final String URL = "--url";
  private static final String TOKEN_TTL = "1h";
  private static final String BEARER_TTL = "2160h";
  private static final int USUAL_PORT = 50_051;

  private final PrintWriter out;
  private final PrintWriter err;
  private final Function<ParseResult, RoleRunner> runners;

  AccessCommands(PrintWriter out, PrintWriter err, Function<ParseResult, RoleRunner> runners) {
    this.out = out;
    this.err = err;
    this.runners = runners;
  }

  CommandSpec token() {
    var create =
        CommandLineInterface.spec(
                "create", "Makes a one-time token and prints the one command for a new machine.")
            .addOption(ttl("how long the token holds, 1h at the most", TOKEN_TTL))
            .addOption(
                OptionSpec.builder(URL)
                    .paramLabel("HOST:PORT")
                    .type(String.class)
                    .description("where the new machine reaches the aggregator")
                    .build());
    synopsis(create, "token create [--ttl TIME] [--url HOST:PORT]");
    var list =
        CommandLineInterface.spec("list", "Lists the tokens of the last day, the newest first.");
    synopsis(list, "token list");
    return CommandLineInterface.spec("token", "Works on the one-time tokens of new machines.")
        .addSubcommand("create", CommandLineInterface.action(create, this::create))
        .addSubcommand("list", CommandLineInterface.action(list, this::listTokens));
  }

  CommandSpec machines() {
    var list = CommandLineInterface.spec("list", "Lists the credentials of machines.");
    synopsis(list, "machines list");
    var revoke = ofMachine("revoke", "Takes all credentials from a machine, and cuts its streams.");
    synopsis(revoke, "machines revoke ID");
    var token =
        ofMachine(
                "token",
                "Makes a bearer token for clients that speak for a machine without a certificate.")
            .addOption(ttl("how long the token holds", BEARER_TTL));
    synopsis(token, "machines token ID [--ttl TIME]");
    return CommandLineInterface.spec("machines", "Works on what machines prove themselves by.")
        .addSubcommand("list", CommandLineInterface.action(list, this::listMachines))
        .addSubcommand("revoke", CommandLineInterface.action(revoke, this::revoke))
        .addSubcommand("token", CommandLineInterface.action(token, this::machineToken));
  }

  private static CommandSpec ofMachine(String name, String help) {
    return CommandLineInterface.spec(name, help)
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("ID")
                .type(String.class)
                .required(true)
                .index("0")
                .arity("1")
                .description("the machine's id")
                .build());
  }

  private static OptionSpec ttl(String help, String usual) {
    return OptionSpec.builder(TTL)
        .paramLabel("TIME")
        .type(String.class)
        .description("%s; %s unless given".formatted(help, usual))
        .build();
  }

  private static void synopsis(CommandSpec spec, String command) {
    spec.usageMessage()
        .customSynopsis("sysmonstm %s [--config FILE] [--KEY VALUE]...".formatted(command));
  }

  private int create(ParseResult parsed) {
    var ttl = duration(parsed, TOKEN_TTL);
    return runners
        .apply(parsed)
        .withAccess(
            (store, settings) -> {
              var aggregator =
                  Optional.of(parsed.matchedOptionValue(URL, ""))
                      .filter(url -> !url.isEmpty())
                      .map(AccessCommands::target)
                      .orElseGet(() -> usualTarget(settings.find(RoleKeys.AGGREGATOR_LISTEN)));
              var invitation = Invitation.create(store, actor(), ttl, now());
              out.println(invitation.command(aggregator));
              err.println(
                  "Run this on the new machine, until %s; it is good for one machine."
                      .formatted(invitation.expiresAt().truncatedTo(ChronoUnit.SECONDS)));
              return Host.STATUS_OK;
            });
  }

  private static String target(String text) {
    return Endpoint.parse(text)
        .filter(endpoint -> endpoint.port() > 0)
        .map(Endpoint::toString)
        .orElseThrow(
            () ->
                new ConfigException(
                    List.of("%s is '%s': expected host:port".formatted(URL, text))));
  }

  private static String usualTarget(Optional<Endpoint> listen) {
    int port = listen.map(Endpoint::port).filter(known -> known > 0).orElse(USUAL_PORT);
    var host =
        listen
            .filter(address -> !address.host().equals("0.0.0.0") && !address.host().equals("::"))
            .map(Endpoint::host)
            .or(() -> listen.flatMap(everywhere -> HostName.find()))
            .orElse("localhost");
    return new Endpoint(host, port, true).toString();
  }

  private int listTokens(ParseResult parsed) {
    return runners
        .apply(parsed)
        .withAccess(
            (store, settings) -> {
              store.enrolmentTokens().forEach(token -> out.println(line(token)));
              return Host.STATUS_OK;
            });
  }

  private static String line(EnrolmentToken token) {
    return "%s  %s  by %s, %s"
        .formatted(
            token.id(),
            token.createdAt().truncatedTo(ChronoUnit.SECONDS),
            token.createdBy(),
            token
                .usedBy()
                .map("used by "::concat)
                .orElseGet(
                    () ->
                        (now().isBefore(token.expiresAt()) ? "open until " : "expired ")
                            + token.expiresAt().truncatedTo(ChronoUnit.SECONDS)));
  }

  private int listMachines(ParseResult parsed) {
    return runners
        .apply(parsed)
        .withAccess(
            (store, settings) -> {
              store.credentials().forEach(credential -> out.println(line(credential)));
              return Host.STATUS_OK;
            });
  }

  private static String line(MachineCredential credential) {
    return "%s  %s  %s  %s"
        .formatted(
            credential.machineId(),
            credential.kind() == MachineCredential.Kind.CERTIFICATE ? "certificate" : "token",
            credential.id(),
            credential
                .revokedAt()
                .map(at -> "revoked " + at.truncatedTo(ChronoUnit.SECONDS))
                .orElseGet(
                    () -> "holds until " + credential.expiresAt().truncatedTo(ChronoUnit.SECONDS)));
  }

  private int revoke(ParseResult parsed) {
    var machine = parsed.matchedPositionalValue(0, "");
    return runners
        .apply(parsed)
        .withAccess(
            (store, settings) -> {
              int revoked = revoke(store, machine);
              if (revoked == 0) {
                err.println("%s has no credential that holds".formatted(machine));
                return Host.STATUS_FAILURE;
              }
              out.println(
                  "revoked %d credentials of %s; its streams are cut within seconds"
                      .formatted(revoked, machine));
              return Host.STATUS_OK;
            });
  }

  private static int revoke(AccessStore store, String machine) {
    var now = now();
    return store.revoke(machine, now, AuditEntry.of(now, actor(), "machine_revoked", machine, ""));
  }

  private int machineToken(ParseResult parsed) {
    var ttl = duration(parsed, BEARER_TTL);
    var machine = parsed.matchedPositionalValue(0, "");
    return runners
        .apply(parsed)
        .withAccess(
            (store, settings) -> {
              out.println(MachineTokens.create(store, actor(), machine, ttl, now()).text());
              return Host.STATUS_OK;
            });
  }

  private static Duration duration(ParseResult parsed, String usual) {
    var text = parsed.matchedOptionValue(TTL, usual);
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new ConfigException(
                    List.of("%s is '%s': expected a duration such as 30m".formatted(TTL, text))));
  }

  private static Instant now() {
    return Instant.now();
  }

  private static Actor actor() {
    return Actor.within("command line of " + System.getProperty("user.name", "somebody"));
  }
}
