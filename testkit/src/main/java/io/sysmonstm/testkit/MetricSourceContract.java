package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.MetricRegistry;
import io.sysmonstm.api.Names;
import io.sysmonstm.spi.MetricSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link MetricSource} promises. The source is read on the machine that the test runs
 * on, or on whatever the subclass gives it to read.
 */
public abstract class MetricSourceContract {
  private static final Duration SOME_INTERVAL = Duration.ofSeconds(5);

  private @Nullable MetricSource source;

  /** Creates a contract. */
  protected MetricSourceContract() {}

  /**
   * {@return a new source, which the contract closes}
   *
   * @throws Exception where it cannot be made
   */
  protected abstract MetricSource createSource() throws Exception;

  /**
   * {@return how long to wait between two readings, so that rates can be told; half a second unless
   * overridden}
   */
  protected Duration betweenReadings() {
    return Duration.ofMillis(500);
  }

  @BeforeEach
  void create() throws Exception {
    source = createSource();
  }

  @AfterEach
  void close() {
    source().close();
  }

  private MetricSource source() {
    var created = source;
    if (created == null) {
      throw new AssertionError("createSource was not called");
    }
    return created;
  }

  private RecordingSink read() throws Exception {
    var sink = new RecordingSink();
    source().collect(sink);
    return sink;
  }

  private RecordingSink readTwice() throws Exception {
    read();
    long until = System.nanoTime() + betweenReadings().toNanos();
    Eventually.until("the second reading is due", () -> System.nanoTime() - until >= 0);
    return read();
  }

  /** How it describes itself. */
  @Nested
  class Description {
    @Test
    void hasAnameThatCanBeAlabel() {
      assertThat(source().name()).isNotBlank();
      assertThat(Names.labelsProblem(Map.of("source", source().name()))).isEmpty();
      assertThat(source().name()).isEqualTo(source().name());
    }

    @Test
    void wantsToBeReadAtPositiveIntervals() {
      assertThat(source().interval(SOME_INTERVAL)).isPositive();
    }

    @Test
    void hasApositiveDeadline() {
      assertThat(source().deadline()).isPositive();
    }
  }

  /** What it reads. */
  @Nested
  class Samples {
    @Test
    void areValidInTheFirstReading() throws Exception {
      read().samples().forEach(Samples::check);
    }

    @Test
    void areThereAndValidInTheSecondReading() throws Exception {
      var samples = readTwice().samples();
      assertThat(samples).isNotEmpty();
      samples.forEach(Samples::check);
    }

    private static void check(RecordingSink.Added sample) {
      assertThat(Names.metricProblem(sample.metric())).isEmpty();
      assertThat(Names.labelsProblem(sample.labels().asMap())).isEmpty();
      var metric = MetricRegistry.builtIn().describe(sample.metric());
      assertThat(sample.value())
          .as("%s", sample)
          .isFinite()
          .isBetween(metric.minimum(), metric.maximum());
      if (MetricRegistry.builtIn().find(sample.metric()).isPresent()) {
        assertThat(sample.labels().asMap().keySet())
            .as("%s", sample)
            .containsExactlyInAnyOrderElementsOf(metric.labels());
      }
    }

    @Test
    void nameEachSeriesOnceAndFewProcessesWithTheMostCpuFirst() throws Exception {
      var second = readTwice();
      assertThat(second.samples().stream().map(Samples::series)).doesNotHaveDuplicates();
      var processes = second.processes();
      assertThat(processes).hasSizeLessThanOrEqualTo(10);
      for (int i = 1; i < processes.size(); i++) {
        assertThat(processes.get(i).cpuPercent())
            .isLessThanOrEqualTo(processes.get(i - 1).cpuPercent());
      }
    }

    private static Map.Entry<String, Labels> series(RecordingSink.Added sample) {
      return Map.entry(sample.metric(), sample.labels());
    }
  }

  /** How it ends. */
  @Nested
  class End {
    @Test
    void aReadingThatIsInterruptedReturns() throws Exception {
      readInterrupted();
    }

    @Test
    void aReadingAfterAnInterruptedOneWorks() throws Exception {
      readInterrupted();
      assertThatCode(MetricSourceContract.this::read).doesNotThrowAnyException();
    }

    private void readInterrupted() throws Exception {
      var thrown = new AtomicReference<@Nullable Throwable>();
      var reader =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    Thread.currentThread().interrupt();
                    try {
                      read();
                    } catch (Exception allowed) {
                      thrown.set(allowed);
                    }
                  });
      assertThat(reader.join(source().deadline().plusSeconds(1)))
          .as("returned after its interrupt, with %s", thrown.get())
          .isTrue();
    }

    @Test
    void closingDoesNotThrow() throws Exception {
      var other = createSource();
      assertThatCode(other::close).doesNotThrowAnyException();
    }
  }
}
