package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.gateway.helidon.internal.access.Administration;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.ApiToken;
import io.sysmonstm.spi.ApiToken.Scope;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/api-tokens} */
final class ApiTokenCalls {
  private static final String SCOPES = "a list of read, admin or enrol";

  private final Administration administration;

  ApiTokenCalls(Administration administration) {
    this.administration = administration;
  }

  List<Route> routes() {
    return List.of(
        Route.of(Right.ADMIN, "GET", "/api/v1/api-tokens", this::list),
        Route.of(Right.ADMIN, "POST", "/api/v1/api-tokens", this::add),
        Route.of(Right.ADMIN, "DELETE", "/api/v1/api-tokens/{id}", this::revoke));
  }

  private Answer list(Call call) {
    var tokens = administration.apiTokens();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("api_tokens");
          tokens.forEach(token -> write(json, token, Optional.empty()));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer add(Call call) {
    var body = new Body(call, Set.of("name", "scopes", "for"));
    var name = body.need("name", Person.EXPECTED, Person::name).orElse("");
    var scopes = EnumSet.noneOf(Scope.class);
    for (var text : body.texts("scopes", SCOPES)) {
      Stream.of(Scope.values())
          .filter(scope -> text(scope).equals(text))
          .findFirst()
          .ifPresentOrElse(scopes::add, () -> body.problem("scopes", SCOPES));
    }
    var life =
        body.text("for", "a duration such as 90d, or none for ever", Administration::lifeOfToken);
    body.check();
    var made = administration.addApiToken(call.caller(), name, scopes, life);
    return Answer.json(json -> write(json, made.token(), Optional.of(made.text()))).withStatus(201);
  }

  private Answer revoke(Call call) {
    administration.revokeApiToken(call.caller(), call.variable("id"));
    return Answer.empty(204);
  }

  private static String text(Scope scope) {
    return scope.name().toLowerCase(Locale.ROOT);
  }

  private static void write(JsonGenerator json, ApiToken token, Optional<String> text) {
    json.writeStartObject();
    json.writeStringProperty("id", token.id());
    text.ifPresent(secret -> json.writeStringProperty("token", secret));
    json.writeStringProperty("name", token.name());
    json.writeArrayPropertyStart("scopes");
    token.scopes().stream().sorted().forEach(scope -> json.writeString(text(scope)));
    json.writeEndArray();
    json.writeStringProperty("created_by", token.createdBy());
    json.writeStringProperty("created_at", ValueWriter.time(token.createdAt()));
    ValueWriter.text(json, "expires_at", token.expiresAt().map(ValueWriter::time));
    ValueWriter.text(json, "revoked_at", token.revokedAt().map(ValueWriter::time));
    json.writeEndObject();
  }
}
