package io.sysmonstm.collector.core.internal.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of appending, making safe, sending, acknowledging, stopping and losing power. A
 * failure names the seed of its schedule.
 */
class SpoolCrashTest {
  private static final int SCHEDULES = 25;
  private static final int STEPS = 200;

  /** One schedule, and what must hold of it. */
  private static final class Schedule {
    final SpoolFixture fixture = new SpoolFixture();
    final Random random;
    // All that was ever appended, by name.
    final Map<BatchId, String> contents = new HashMap<>();
    // What was appended and not acknowledged, in order; and of that, what was made safe.
    final Map<BatchId, Batch> owed = new LinkedHashMap<>();
    final Set<BatchId> safe = new HashSet<>();
    final List<Batch> inFlight = new ArrayList<>();

    Schedule(long seed) {
      random = new Random(seed);
      fixture.bounds = new SpoolBounds(16 << 20, Duration.ofDays(300));
      fixture.sync = random.nextBoolean() ? SpoolSync.ALWAYS : SpoolSync.INTERVAL;
      fixture.reopen();
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
        assertThat(fixture.spool.bytes()).isLessThanOrEqualTo(fixture.bounds.maxBytes());
        assertThat(fixture.spool.heldInMemory())
            .isLessThanOrEqualTo(RecentBatches.MAX_STORED + fixture.spool.inFlight());
      }
      crash();
    }

    private void step() {
      switch (random.nextInt(60)) {
        case 0 -> crash();
        case 1 -> restart();
        case 2 -> kill();
        case 3, 4, 5 -> {
          inFlight.clear();
          fixture.spool.rewind();
        }
        case 6 -> fixture.time.advance(Duration.ofMinutes(2));
        default -> {
          switch (random.nextInt(4)) {
            case 0, 1 -> append();
            case 2 -> send();
            default -> acknowledge();
          }
        }
      }
    }

    private void append() {
      var batch = fixture.append();
      var id = BatchId.of(batch);
      assertThat(contents).doesNotContainKey(id);
      contents.put(id, SpoolFixture.content(batch));
      owed.put(id, batch);
      if (random.nextBoolean()) {
        fixture.time.advance(Duration.ofSeconds(5));
        fixture.spool.tend();
      }
      // An append in the interval syncs what came before it at the latest.
      fixture.time.advance(Duration.ofSeconds(5));
      fixture.spool.tend();
      safe.addAll(owed.keySet());
      if (random.nextInt(3) == 0) {
        var hasty = fixture.batch(fixture.spool.next(), 1 + random.nextInt(3));
        assertThat(contents).doesNotContainKey(BatchId.of(hasty));
        fixture.spool.append(hasty, fixture.time.nanoTime());
        contents.put(BatchId.of(hasty), SpoolFixture.content(hasty));
        owed.put(BatchId.of(hasty), hasty);
      }
    }

    private void send() {
      var fresh = random.nextBoolean();
      long since = fixture.time.nanoTime() - 15_000_000_000L;
      var taken = fresh ? fixture.spool.takeFresh(since) : fixture.spool.takeBacklog(since);
      if (taken.isPresent()) {
        var batch = taken.get();
        check(batch);
        assertThat(inFlight.stream().map(BatchId::of)).doesNotContain(BatchId.of(batch));
        inFlight.add(batch);
      }
    }

    private void check(Batch batch) {
      assertThat(SpoolFixture.content(batch)).isEqualTo(contents.get(BatchId.of(batch)));
    }

    private void acknowledge() {
      if (!inFlight.isEmpty()) {
        var batch = inFlight.remove(random.nextInt(inFlight.size()));
        fixture.acknowledge(batch);
        owed.remove(BatchId.of(batch));
        safe.remove(BatchId.of(batch));
      }
    }

    /** The process ends without a word; the system keeps all that was written. */
    private void kill() {
      fixture.reopen();
      inFlight.clear();
      deliverAll(owed.keySet());
    }

    private void restart() {
      fixture.spool.close();
      fixture.reopen();
      inFlight.clear();
      deliverAll(owed.keySet());
      safe.addAll(owed.keySet());
    }

    private void crash() {
      fixture.files.crash(random);
      fixture.reopen();
      inFlight.clear();
      deliverAll(safe);
    }

    private void deliverAll(Set<BatchId> mustCome) {
      var came = SpoolFixture.ids(fixture.takeAll());
      assertThat(came).doesNotHaveDuplicates().containsAll(mustCome);
      var order = new HashMap<java.util.UUID, Long>();
      for (var id : came) {
        assertThat(order.getOrDefault(id.epoch(), 0L)).isLessThan(id.seq());
        order.put(id.epoch(), id.seq());
      }
      fixture.spool.rewind();
      for (var batch : fixture.takeAll()) {
        check(batch);
      }
      fixture.spool.rewind();
      assertThat(fixture.spool.depth()).isEqualTo(came.size());
      owed.keySet().retainAll(new HashSet<>(came));
    }
  }

  @Test
  void whatWasMadeSafeComesBackOnceAndInOrder() {
    long first = System.nanoTime();
    for (long seed = first; seed < first + SCHEDULES; seed++) {
      try {
        new Schedule(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("schedule " + seed, e);
      }
    }
  }
}
