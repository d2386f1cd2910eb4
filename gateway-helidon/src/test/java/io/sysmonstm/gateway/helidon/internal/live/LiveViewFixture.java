package io.sysmonstm.gateway.helidon.internal.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MachineState;
import io.sysmonstm.api.MachineStatus;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.json.MachineView;
import io.sysmonstm.spi.MetricsEvent;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.testkit.BatchBuilder;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.web.helidon.internal.net.Frame;
import io.sysmonstm.web.helidon.internal.net.Outbox;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A live view and a viewer of it, with a clock that stands still. */
abstract class LiveViewFixture {
  static final TopProcess JAVA = new TopProcess(7, "java", "app", 180, 1 << 20);

  final ManualTime time = new ManualTime();
  final SelfMetrics metrics = new SelfMetrics();
  final SeriesRegistry series = new SeriesRegistry();
  final LiveView view = new LiveView(time, 3, metrics);
  final Outbox viewer = new Outbox(() -> {});

  BatchBuilder batch(String machine, long seq) {
    return new BatchBuilder(series, machine, seq, time.instant());
  }

  MetricsEvent cpu(String machine, long seq, double percent) {
    return batch(machine, seq).sample("cpu_percent", percent).event();
  }

  static MachineState stored(String machine, Instant seen, Instant observed, double cpu) {
    return new MachineState(
        machine,
        Resource.builder("stored-" + machine).build(),
        seen,
        Duration.ofSeconds(5),
        List.of(new Sample("cpu_percent", Labels.empty(), observed, cpu)),
        List.of());
  }

  Optional<MachineState> machine(String id) {
    return view.machine(id).map(MachineView::state);
  }

  double cpuOf(String machine) {
    return machine(machine).orElseThrow().samples().getFirst().value();
  }

  MachineStatus statusOf(String machine) {
    return view.machine(machine).orElseThrow().status();
  }

  List<String> frames() {
    var texts = new ArrayList<String>();
    for (var frame = viewer.poll(); frame.isPresent(); frame = viewer.poll()) {
      texts.add(text(frame.get()));
    }
    return texts;
  }

  static String text(Frame frame) {
    var all = new ByteArrayOutputStream();
    frame.parts().forEach(all::writeBytes);
    var text = all.toString(UTF_8);
    return text.substring(text.indexOf('{'));
  }
}
