package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.gateway.helidon.internal.access.Administration;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.EnrolmentToken;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.HostGuard;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/enrolment-tokens} and {@code /api/v1/machine-credentials} */
final class MachineAccessCalls {
  private final Administration administration;

  MachineAccessCalls(Administration administration) {
    this.administration = administration;
  }

  List<Route> routes() {
    return List.of(
        Route.of(Right.ENROL, "GET", "/api/v1/enrolment-tokens", this::tokens),
        Route.of(Right.ENROL, "POST", "/api/v1/enrolment-tokens", this::makeToken),
        Route.of(Right.ADMIN, "GET", "/api/v1/machine-credentials", this::credentials),
        Route.of(Right.ADMIN, "DELETE", "/api/v1/machine-credentials/{machine}", this::revoke));
  }

  private Answer tokens(Call call) {
    boolean enrolment = administration.enrolsMachines();
    var tokens = administration.enrolmentTokens();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeBooleanProperty("enrolment", enrolment);
          json.writeArrayPropertyStart("enrolment_tokens");
          tokens.forEach(token -> write(json, token));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer makeToken(Call call) {
    var made = administration.makeEnrolmentToken(call.caller(), host(call));
    return Answer.json(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("id", made.id());
              json.writeStringProperty("token", made.token());
              json.writeStringProperty("expires_at", ValueWriter.time(made.expiresAt()));
              json.writeStringProperty("command", made.command());
              json.writeStringProperty("ca_pin", made.caPin());
              json.writeEndObject();
            })
        .withStatus(201);
  }

  private static String host(Call call) {
    return HostGuard.name(call.header("Host").orElse("")).orElse("localhost");
  }

  private Answer credentials(Call call) {
    var credentials = administration.credentials();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("machine_credentials");
          credentials.forEach(credential -> write(json, credential));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer revoke(Call call) {
    int revoked = administration.revokeMachine(call.caller(), call.variable("machine"));
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeNumberProperty("revoked", revoked);
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, EnrolmentToken token) {
    json.writeStartObject();
    json.writeStringProperty("id", token.id());
    json.writeStringProperty("created_by", token.createdBy());
    json.writeStringProperty("created_at", ValueWriter.time(token.createdAt()));
    json.writeStringProperty("expires_at", ValueWriter.time(token.expiresAt()));
    ValueWriter.text(json, "used_at", token.usedAt().map(ValueWriter::time));
    ValueWriter.text(json, "machine_id", token.usedBy());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, MachineCredential credential) {
    json.writeStartObject();
    json.writeStringProperty("id", credential.id());
    json.writeStringProperty("machine_id", credential.machineId());
    json.writeStringProperty("kind", credential.kind().name().toLowerCase(Locale.ROOT));
    json.writeStringProperty("issued_at", ValueWriter.time(credential.issuedAt()));
    json.writeStringProperty("expires_at", ValueWriter.time(credential.expiresAt()));
    ValueWriter.text(json, "revoked_at", credential.revokedAt().map(ValueWriter::time));
    json.writeEndObject();
  }
}
