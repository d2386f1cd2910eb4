package io.sysmonstm.store.redis;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueJson;
import io.sysmonstm.json.ValueWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * Writes what one process knows of a machine as four fields of the machine's hash, each a JSON text
 * and each beginning with the name of the process: {@code .seen}, {@code .resource}, {@code
 * .processes} and {@code .samples}. Each process replaces its own fields and touches no others, so
 * that nothing has to be compared in the server; whoever reads merges them.
 */
final class StateForm {
  static final String SEEN = ".seen";
  static final String RESOURCE = ".resource";
  static final String PROCESSES = ".processes";
  static final String SAMPLES = ".samples";

  private final String writer;
  private final long timeToLiveNanos;

  StateForm(String writer, long timeToLiveNanos) {
    this.writer = writer;
    this.timeToLiveNanos = timeToLiveNanos;
  }

  /**
   * {@return the fields of a machine}
   *
   * @param serverMillis the time by the server's clock, the one that all processes share
   */
  Map<String, byte[]> write(MachineMemory machine, long nowNanos, long serverMillis) {
    var fields = new LinkedHashMap<String, byte[]>();
    var facts = new MachineFacts[1];
    var samples =
        Json.bytes(
            json -> {
              var cycles = new Cycles(json);
              facts[0] = machine.read(nowNanos, timeToLiveNanos, cycles);
              cycles.end();
            });
    fields.put(writer + SEEN, seen(facts[0], serverMillis));
    fields.put(writer + RESOURCE, ValueJson.write(facts[0].resource()));
    fields.put(writer + PROCESSES, ValueJson.write(facts[0].processes()));
    fields.put(writer + SAMPLES, samples);
    return fields;
  }

  private static byte[] seen(MachineFacts facts, long serverMillis) {
    return Json.object(
        json -> {
          json.writeNumberProperty("written_ms", serverMillis);
          json.writeStringProperty("last_seen", facts.lastSeen().toString());
          json.writeNumberProperty("interval_ms", facts.interval().toMillis());
          json.writeNumberProperty("processes_ms", facts.processesMillis());
        });
  }

  /** An array of cycles: those samples that came together stand together. */
  private static final class Cycles implements MachineMemory.SampleVisitor {
    private final JsonGenerator json;
    private boolean open;
    private long observedMillis;
    private long ageMillis;

    Cycles(JsonGenerator json) {
      this.json = json;
      json.writeStartArray();
    }

    @Override
    public void sample(Series series, double value, long observed, long age) {
      if (!open || observed != observedMillis || age != ageMillis) {
        endCycle();
        beginCycle(observed, age);
      }
      json.writeStartArray();
      json.writeString(series.metric().name());
      if (!series.labels().equals(Labels.empty())) {
        ValueWriter.texts(json, series.labels().asMap());
      }
      Json.number(json, value);
      json.writeEndArray();
    }

    void end() {
      endCycle();
      json.writeEndArray();
    }

    private void beginCycle(long observed, long age) {
      open = true;
      observedMillis = observed;
      ageMillis = age;
      json.writeStartObject();
      json.writeNumberProperty("observed_ms", observed);
      json.writeNumberProperty("age_ms", age);
      json.writeArrayPropertyStart("samples");
    }

    private void endCycle() {
      if (open) {
        json.writeEndArray();
        json.writeEndObject();
      }
    }
  }
}
