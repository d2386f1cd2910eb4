package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** {@code /api/v1/machines} */
final class MachineCalls {
  private final CurrentState state;

  MachineCalls(CurrentState state) {
    this.state = state;
  }

  List<Route> routes() {
    return List.of(
        Route.of(Right.READ, "GET", "/api/v1/machines", this::list),
        Route.of(Right.READ, "GET", "/api/v1/machines/{id}", this::one));
  }

  private Answer list(Call call) {
    var machines = state.machines();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("machines");
          machines.forEach(machine -> write(json, machine));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer one(Call call) {
    var id = call.variable("id");
    var machine =
        Names.machineIdProblem(id).isPresent() ? Optional.<MachineState>empty() : state.machine(id);
    return machine
        .map(found -> Answer.json(json -> write(json, found)))
        .orElseThrow(
            () ->
                new RequestException(
                    ErrorCode.NOT_FOUND,
                    "there is no machine '%s': /api/v1/machines lists them"
                        .formatted(Names.shown(id))));
  }

  private void write(JsonGenerator json, MachineState machine) {
    var live = state.live();
    var id = machine.machineId();
    MachineView.machine(
        json, machine, live.status(machine), live.statusSince(id), live.openAlerts(id));
  }
}
