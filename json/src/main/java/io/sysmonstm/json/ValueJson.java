package io.sysmonstm.json;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.TopProcess;
import java.util.List;

/**
 * Single values as JSON texts in UTF-8, for stores that keep them so. Unknown properties are
 * skipped; what cannot be read is a {@link RequestException} with {@link
 * io.sysmonstm.api.ErrorCode#INVALID_ARGUMENT} and says why. Thread-safe.
 */
public final class ValueJson {
  private ValueJson() {}

  /**
   * {@return a machine's inventory as one object, host name and tags in it too}
   *
   * @param resource the inventory
   */
  public static byte[] write(Resource resource) {
    return Json.object(
        json -> {
          ValueWriter.text(json, "hostname", resource.hostname());
          json.writeName("tags");
          ValueWriter.texts(json, resource.tags());
          ValueWriter.inventory(json, resource);
        });
  }

  /**
   * {@return what {@link #write(Resource)} wrote}
   *
   * @param text in UTF-8
   */
  public static Resource readResource(byte[] text) {
    return ValueReader.read(
        "resource",
        text,
        in -> {
          var resource = new ResourceReader(in);
          in.object(resource::property);
          return resource.build();
        });
  }

  /**
   * {@return processes as an array}
   *
   * @param processes the processes
   */
  public static byte[] write(List<TopProcess> processes) {
    return Json.bytes(json -> ValueWriter.processes(json, processes));
  }

  /**
   * {@return what {@link #write(List)} wrote, the first 100 at the most}
   *
   * @param text in UTF-8
   */
  public static List<TopProcess> readProcesses(byte[] text) {
    return ValueReader.read("processes", text, ProcessReader::read);
  }

  /**
   * {@return labels as an object}
   *
   * @param labels the labels
   */
  public static byte[] write(Labels labels) {
    return Json.bytes(json -> ValueWriter.texts(json, labels.asMap()));
  }

  /**
   * {@return what {@link #write(Labels)} wrote}
   *
   * @param text in UTF-8
   */
  public static Labels readLabels(byte[] text) {
    return ValueReader.read("labels", text, ValueReader::labels);
  }

  /**
   * {@return an alert as an object}
   *
   * @param alert the alert
   */
  public static byte[] write(Alert alert) {
    return Json.bytes(json -> ValueWriter.alert(json, alert));
  }

  /**
   * {@return what {@link #write(Alert)} wrote}
   *
   * @param text in UTF-8
   */
  public static Alert readAlert(byte[] text) {
    return ValueReader.read("alert", text, AlertReader::read);
  }
}
