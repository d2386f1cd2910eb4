package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.gateway.helidon.internal.live.GoneMachines;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Right;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code /api/v1/machines} */
final class MachineCalls {
  private final CurrentState state;
  private final GoneMachines gone;

  MachineCalls(CurrentState state, GoneMachines gone) {
    this.state = state;
    this.gone = gone;
  }

  List<Route> routes() {
    return List.of(
        Route.of(Right.READ, "GET", "/api/v1/machines", this::list),
        Route.of(Right.READ, "GET", "/api/v1/machines/{id}", this::one),
        new Route(Right.ADMIN, "DELETE", "/api/v1/machines/{id}", Person.PARAMETERS, this::forget));
  }

  private Answer list(Call call) {
    var machines = state.machines();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("machines");
          machines.forEach(machine -> machine.write(json));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer one(Call call) {
    var id = call.variable("id");
    var machine = find(id).orElseThrow(() -> unknown(id));
    return Answer.json(machine::write);
  }

  private Optional<MachineView> find(String id) {
    return Names.machineIdProblem(id).isPresent() ? Optional.empty() : state.machine(id);
  }

  private static RequestException unknown(String id) {
    return new RequestException(
        ErrorCode.NOT_FOUND,
        "there is no machine '%s': /api/v1/machines lists them".formatted(Names.shown(id)));
  }

  // Whoever hears of an error can do it again. An event that got lost can be told again too, while
  // the machine has alerts.
  private Answer forget(Call call) {
    var by = Person.of(call);
    var id = call.variable("id");
    var machine = find(id);
    if (machine.isEmpty() && state.live().openAlerts(id).isEmpty()) {
      throw unknown(id);
    }
    machine.ifPresent(MachineCalls::checkDown);
    gone.forget(id, machine.map(known -> known.state().lastSeen()).orElse(Instant.MIN), by, "");
    return Answer.empty(204);
  }

  private static void checkDown(MachineView machine) {
    if (machine.status() != MachineStatus.DOWN) {
      throw new RequestException(
          ErrorCode.FAILED_PRECONDITION,
          "machine '%s' is %s and would be back at once: stop its collector and try again when it is down"
              .formatted(machine.state().machineId(), machine.status().text()));
    }
  }
}
