package io.sysmonstm.testkit;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.Resource;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.IngestService;
import io.sysmonstm.spi.IngestSession;
import io.sysmonstm.spi.Readiness;
import io.sysmonstm.spi.Welcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The aggregator that a transport is tested against: writes down what comes, answers as the test
 * says. Thread-safe.
 */
public final class RecordingIngest implements IngestService {
  /** When batches are acknowledged. */
  public enum Acking {
    /** Each at once, as durable. */
    DURABLE,
    /** Each at once, as volatile. */
    VOLATILE,
    /** Only when the test calls {@link RecordingSession#acknowledge}. */
    BY_TEST
  }

  /** The server's time in each welcome. */
  public static final Instant SERVER_TIME = Instant.parse("2026-01-01T00:00:05Z");

  /** The most samples of a batch in each welcome. */
  public static final int MAX_BATCH_SAMPLES = 5_000;

  /** The epoch of sessions whose client numbers nothing; the same for all machines. */
  public static final UUID UNNUMBERED_EPOCH = new UUID(7, 7);

  private final SeriesRegistry registry;
  private final List<Hello> hellos = new CopyOnWriteArrayList<>();
  private final List<RecordingSession> sessions = new CopyOnWriteArrayList<>();
  private volatile Acking acking = Acking.DURABLE;
  private volatile Map<UUID, SeqRanges> committed = Map.of();
  private volatile @Nullable ErrorCode refusal;
  private volatile boolean ready = true;
  private volatile @Nullable CountDownLatch held;
  private volatile boolean accepting = true;

  /** Creates a service with a registry of its own. */
  public RecordingIngest() {
    this(new SeriesRegistry());
  }

  /**
   * Creates a service.
   *
   * @param registry where series are interned
   */
  public RecordingIngest(SeriesRegistry registry) {
    this.registry = registry;
  }

  /**
   * Sets when batches are acknowledged.
   *
   * @param value from now on
   */
  public void setAcking(Acking value) {
    acking = value;
  }

  /**
   * Sets what the next welcomes say is committed.
   *
   * @param value by epoch
   */
  public void setCommitted(Map<UUID, SeqRanges> value) {
    committed = Map.copyOf(value);
  }

  /**
   * Refuses the machines that come from now on.
   *
   * @param code why
   */
  public void refuse(ErrorCode code) {
    refusal = code;
  }

  /** Takes in the machines that come from now on. */
  public void refuseNoMore() {
    refusal = null;
  }

  /** Blocks those who open sessions until {@link #releaseOpening}. */
  public void holdOpening() {
    held = new CountDownLatch(1);
  }

  /** Lets those go on who open sessions. */
  public void releaseOpening() {
    var latch = held;
    held = null;
    if (latch != null) {
      latch.countDown();
    }
  }

  /**
   * Sets whether sessions take more after the next batches; where they did not and now do, they say
   * so.
   *
   * @param value whether
   */
  public void setAccepting(boolean value) {
    accepting = value;
    if (value) {
      sessions.forEach(RecordingSession::resume);
    }
  }

  /**
   * Sets the readiness.
   *
   * @param value whether it can do its work
   */
  public void setReady(boolean value) {
    ready = value;
  }

  /** {@return how collectors introduced themselves, in the order they came} */
  public List<Hello> hellos() {
    return List.copyOf(hellos);
  }

  /** {@return all sessions, in the order they were opened} */
  public List<RecordingSession> sessions() {
    return List.copyOf(sessions);
  }

  /**
   * {@return the newest session of a machine, waiting for one}
   *
   * @param machineId the machine
   */
  public RecordingSession session(String machineId) {
    Eventually.until("a session of " + machineId, () -> newest(machineId) != null);
    var newest = newest(machineId);
    if (newest == null) {
      throw new AssertionError("sessions are never taken back");
    }
    return newest;
  }

  private @Nullable RecordingSession newest(String machineId) {
    return sessions.reversed().stream()
        .filter(session -> session.machineId().equals(machineId))
        .findFirst()
        .orElse(null);
  }

  @Override
  public IngestSession open(Hello hello, IngestReply reply) {
    hellos.add(hello);
    return admit(hello.machineId(), hello.epoch(), hello.resource(), reply);
  }

  @Override
  public IngestSession openUnnumbered(String machineId, Resource resource, IngestReply reply) {
    return admit(machineId, UNNUMBERED_EPOCH, resource, reply);
  }

  private RecordingSession admit(
      String machineId, UUID epoch, Resource resource, IngestReply reply) {
    awaitRelease();
    var code = refusal;
    if (code != null) {
      throw new RequestException(code, "machine '%s' is refused by the test".formatted(machineId));
    }
    var welcome =
        new Welcome(committed, SERVER_TIME, MAX_BATCH_SAMPLES, registry.maxSeriesPerMachine());
    var session = new RecordingSession(this, registry, machineId, epoch, resource, welcome, reply);
    sessions.add(session);
    return session;
  }

  private void awaitRelease() {
    var latch = held;
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  Acking acking() {
    return acking;
  }

  boolean accepting() {
    return accepting;
  }

  @Override
  public Readiness readiness() {
    return new Readiness(ready, Map.of("test", ready ? Health.ok() : Health.failing("by test")));
  }
}
