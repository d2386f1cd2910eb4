package io.sysmonstm.collector.core;

import io.sysmonstm.spi.MetricSource;
import io.sysmonstm.spi.SampleSink;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A source that does as the test says. */
final class FakeSource implements MetricSource {
  /** What it does in a call. */
  interface Reader {
    void read(SampleSink sink) throws Exception;
  }

  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger returns = new AtomicInteger();
  final AtomicInteger interrupts = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();
  private final String name;
  private final int everyCycles;
  private final Reader reader;

  FakeSource(String name, int everyCycles, Reader reader) {
    this.name = name;
    this.everyCycles = everyCycles;
    this.reader = reader;
  }

  static FakeSource of(String name, double value) {
    return new FakeSource(name, 1, sink -> sink.add(name + "_value", value));
  }

  /** A source that hangs until released, whatever interrupts it. */
  static FakeSource hanging(String name, CountDownLatch release) {
    var self = new FakeSource[1];
    self[0] =
        new FakeSource(
            name,
            1,
            sink -> {
              boolean released = false;
              while (!released) {
                try {
                  release.await();
                  released = true;
                } catch (InterruptedException ignored) {
                  self[0].interrupts.incrementAndGet();
                }
              }
              sink.add(name + "_value", 1);
            });
    return self[0];
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Duration interval(Duration collectionInterval) {
    return collectionInterval.multipliedBy(everyCycles);
  }

  @Override
  public void collect(SampleSink sink) throws Exception {
    calls.incrementAndGet();
    try {
      reader.read(sink);
    } finally {
      returns.incrementAndGet();
    }
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }
}
