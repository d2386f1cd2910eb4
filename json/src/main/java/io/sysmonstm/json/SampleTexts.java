package io.sysmonstm.json;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Series;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberOutput;

/**
 * Writes samples into events. All of a sample but its value is the same in each cycle, and the same
 * for each machine: it is rendered once, and from then on copied. Bounded: all are forgotten when
 * there are too many. Thread-safe.
 */
final class SampleTexts {
  private static final int MAX_BYTES = 8 << 20;
  // What a text takes beside its length, with its key.
  private static final int FIXED_BYTES = 128;
  private static final int MAX_KNOWN = 1 << 20;
  private static final int USUAL_SAMPLE_BYTES = 128;
  // With what stands between samples.
  private static final int MAX_NUMBER_BYTES = 32;

  private record Key(String metric, Labels labels) {}

  // Immutable, so that whoever sees one without a lock sees all of it.
  private static final class Known {
    final Series series;
    final byte[] text;

    Known(Series series, byte[] text) {
      this.series = series;
      this.text = text;
    }
  }

  // Guarded by this.
  private final Map<Key, byte[]> texts = new HashMap<>();
  private int bytes;
  // By the index of the series; replaced under the lock, read without.
  private volatile @Nullable Known[] known = new @Nullable Known[64];

  /**
   * {@return one array of bytes of what stands before the samples of a batch, the samples, with
   * commas between them, and what stands behind} A sample that is not finite is left out.
   */
  byte[] between(byte[] head, Batch batch, byte[] tail) {
    var to = Arrays.copyOf(head, head.length + batch.size() * USUAL_SAMPLE_BYTES + tail.length);
    int at = head.length;
    for (int i = 0; i < batch.size(); i++) {
      double value = batch.value(i);
      if (Double.isFinite(value)) {
        var text = of(batch.series(i));
        int atMost = at + text.length + MAX_NUMBER_BYTES + tail.length;
        if (atMost > to.length) {
          to = Arrays.copyOf(to, Math.max(atMost, to.length * 2));
        }
        if (at > head.length) {
          to[at++] = ',';
        }
        at = put(text, to, at);
        at = number(value, to, at);
        to[at++] = '}';
      }
    }
    return Arrays.copyOf(to, put(tail, to, at));
  }

  private static int put(byte[] text, byte[] to, int at) {
    System.arraycopy(text, 0, to, at, text.length);
    return at + text.length;
  }

  /** As {@link Json#number} does. */
  static int number(double value, byte[] to, int at) {
    return Json.isWhole(value)
        ? NumberOutput.outputLong((long) value, to, at)
        : NumberOutput.outputDouble(value, to, at);
  }

  // All of a sample up to its value.
  private byte[] of(Series series) {
    var all = known;
    int index = series.index();
    var found = index < all.length ? all[index] : null;
    return found != null && found.series == series ? found.text : learn(series);
  }

  private synchronized byte[] learn(Series series) {
    var key = new Key(series.metric().name(), series.labels());
    var text = texts.get(key);
    if (text == null) {
      text = render(key);
      add(key, text);
    }
    if (series.index() < MAX_KNOWN) {
      add(new Known(series, text));
    }
    return text;
  }

  private void add(Key key, byte[] text) {
    bytes += text.length + FIXED_BYTES;
    if (bytes > MAX_BYTES) {
      texts.clear();
      bytes = text.length + FIXED_BYTES;
      known = new @Nullable Known[64];
    }
    texts.put(key, text);
  }

  private void add(Known learnt) {
    var all = known;
    int index = learnt.series.index();
    if (index >= all.length) {
      all = Arrays.copyOf(all, Math.max(index + 1, all.length * 2));
    }
    all[index] = learnt;
    known = all;
  }

  private static byte[] render(Key key) {
    var whole = Json.bytes(json -> ValueWriter.sample(json, key.metric, key.labels, 0));
    // Without the value and the brace.
    return Arrays.copyOf(whole, whole.length - 2);
  }
}
