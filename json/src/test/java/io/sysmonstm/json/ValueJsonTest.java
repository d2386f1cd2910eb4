package io.sysmonstm.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.TopProcess;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueJsonTest {
  @Test
  void aResourceComesBackWhole() {
    var resource =
        Resource.builder("web").tags(Map.of("env", "prod")).bootTime(Instant.EPOCH).build();
    var json = ValueJson.write(resource);
    assertThat(new String(json, UTF_8))
        .isEqualTo(
            "{\"hostname\":\"web\",\"tags\":{\"env\":\"prod\"},\"boot_time\":\"1970-01-01T00:00:00.000Z\"}");
    assertThat(ValueJson.write(ValueJson.readResource(json))).isEqualTo(json);
  }

  @Test
  void processesComeBackTheFirstHundred() {
    var processes = Collections.nCopies(150, new TopProcess(1, "a", "b", 1.5, 2));
    assertThat(ValueJson.readProcesses(ValueJson.write(processes)))
        .isEqualTo(processes.subList(0, 100));
    assertThat(ValueJson.readProcesses(ValueJson.write(List.of()))).isEmpty();
  }

  @Test
  void labelsComeBack() {
    var labels = Labels.of(Map.of("mount", "/", "device", "\"sda\""));
    assertThat(ValueJson.readLabels(ValueJson.write(labels))).isEqualTo(labels);
  }

  @Test
  void anAlertComesBack() {
    var json = ValueJson.write(Alert.builder("a", "r", "web-1").message("full").build());
    assertThat(ValueJson.write(ValueJson.readAlert(json))).isEqualTo(json);
  }

  @Test
  void whatIsSomethingElseIsRefused() {
    var text = "[1]".getBytes(UTF_8);
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> ValueJson.readProcesses(text))
        .withMessage("processes: is 1: expected an object");
    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> ValueJson.readLabels(text))
        .withMessage("labels: is an array: expected an object");
  }
}
