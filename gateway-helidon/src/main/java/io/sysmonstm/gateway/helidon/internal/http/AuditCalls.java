package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.AlertStore;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.List;
import java.util.Set;

/** {@code /api/v1/audit}: who changed what, and when. */
final class AuditCalls {
  private static final Set<String> PARAMETERS = Set.of("subject", "limit");
  private static final int MOST = 1_000;
  private static final int USUAL = 100;

  private final AlertStore store;
  private final StoreCalls calls;

  AuditCalls(AlertStore store, StoreCalls calls) {
    this.store = store;
    this.calls = calls;
  }

  List<Route> routes() {
    return List.of(new Route(Right.ADMIN, "GET", "/api/v1/audit", PARAMETERS, this::list));
  }

  private Answer list(Call call) {
    var parameters = new Parameters(call.query());
    var subject = parameters.one("subject");
    int limit = parameters.number("limit", 1, MOST).orElse(USUAL);
    parameters.check();
    var entries = calls.ask(() -> store.audit(subject, limit));
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("entries");
          for (var entry : entries) {
            json.writeStartObject();
            json.writeStringProperty("at", ValueWriter.time(entry.at()));
            ValueWriter.text(json, "by", entry.by());
            ValueWriter.text(json, "source", entry.source());
            json.writeStringProperty("action", entry.action());
            ValueWriter.text(json, "subject", entry.subject());
            ValueWriter.text(json, "detail", entry.detail());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }
}
