package io.sysmonstm.gateway.helidon.internal.live;

import io.sysmonstm.api.Alert;
import io.sysmonstm.json.MachineView;
import java.util.List;

/**
 * What viewers see at one moment.
 *
 * @param machines all machines, ordered by id
 * @param alerts all open alerts
 */
public record FleetView(List<MachineView> machines, List<Alert> alerts) {}
