package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.gateway.helidon.internal.access.Administration;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.Account;
import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/accounts} */
final class AccountCalls {
  private static final String ROLES = "viewer or admin";

  private final Administration administration;

  AccountCalls(Administration administration) {
    this.administration = administration;
  }

  List<Route> routes() {
    var one = "/api/v1/accounts/{name}";
    return List.of(
        Route.of(Right.ADMIN, "GET", "/api/v1/accounts", this::list),
        Route.of(Right.ADMIN, "POST", "/api/v1/accounts", this::add),
        Route.of(Right.ADMIN, "PUT", one, this::change),
        Route.of(Right.ADMIN, "DELETE", one, this::delete));
  }

  private Answer list(Call call) {
    var accounts = administration.accounts();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("accounts");
          accounts.forEach(account -> write(json, account));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer add(Call call) {
    var body = new Body(call, Set.of("name", "role", "password", "subject"));
    var name = body.need("name", Person.EXPECTED, Person::name).orElse("");
    var role = body.need("role", ROLES, AccountCalls::role).orElse(Role.VIEWER);
    var password = body.text("password");
    var subject = body.text("subject");
    if (password.isEmpty() && subject.isEmpty()) {
      body.problem("password", "a text, or a subject at the OpenID provider");
    }
    if (password.isPresent() && subject.isPresent()) {
      body.problem("password", "none where there is a subject at the OpenID provider");
    }
    body.check();
    var account = administration.addAccount(call.caller(), name, role, password, subject);
    return Answer.json(json -> write(json, account)).withStatus(201);
  }

  private Answer change(Call call) {
    var body = new Body(call, Set.of("role", "password"));
    var role = body.text("role", ROLES, AccountCalls::role);
    var password = body.text("password");
    if (role.isEmpty() && password.isEmpty()) {
      body.problem("role", ROLES + ", or a password");
    }
    body.check();
    var account =
        administration.changeAccount(call.caller(), call.variable("name"), role, password);
    return Answer.json(json -> write(json, account));
  }

  private Answer delete(Call call) {
    administration.deleteAccount(call.caller(), call.variable("name"));
    return Answer.empty(204);
  }

  private static Optional<Role> role(String text) {
    return Stream.of(Role.values()).filter(role -> text(role).equals(text)).findFirst();
  }

  private static String text(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static void write(JsonGenerator json, Account account) {
    json.writeStartObject();
    json.writeStringProperty("name", account.name());
    json.writeStringProperty("role", text(account.role()));
    json.writeStringProperty("login", account.passwordHash().isPresent() ? "password" : "openid");
    ValueWriter.text(json, "subject", account.subject());
    json.writeStringProperty("created_at", ValueWriter.time(account.createdAt()));
    json.writeEndObject();
  }
}
