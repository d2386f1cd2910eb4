package io.sysmonstm.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.api.SeriesRegistry;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.IngestServer;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.Rejection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What the two ends of a transport owe each other, end to end over real sockets. Extend it to check
 * yours.
 */
public abstract class TransportContract extends TransportFixture {
  private static final UUID OLDER_EPOCH = new UUID(2, 2);
  private static final int MANY = 4_000;

  /** Creates the contract; called by JUnit. */
  protected TransportContract() {}

  /** {@return a server that was not started, to listen on a free port of the loopback interface} */
  @Override
  protected abstract IngestServer createServer();

  /**
   * {@return a sender}
   *
   * @param target where the server listens
   */
  @Override
  protected abstract MetricSender createSender(InetSocketAddress target);

  /** Getting to know each other. */
  @Nested
  @DisplayName("the hello")
  protected class HelloIsAnswered {
    /** Creates the group; called by JUnit. */
    protected HelloIsAnswered() {}

    @Test
    void reachesTheServiceAsItWasSent() {
      var listener = new RecordingListener();
      welcomed("m1", listener);
      var received = ingest.hellos().getFirst();
      var expected = hello("m1");
      assertThat(received.machineId()).isEqualTo("m1");
      assertThat(received.epoch()).isEqualTo(expected.epoch());
      assertThat(received.instance()).isEqualTo(expected.instance());
      assertThat(received.sentAt()).isEqualTo(expected.sentAt());
      assertThat(received.samplesDropped()).isEqualTo(17);
      assertThat(received.interval()).isEqualTo(Duration.ofSeconds(5));
      var resource = received.resource();
      assertThat(resource.hostname()).isEqualTo("host-m1");
      assertThat(resource.os()).isEqualTo("Linux");
      assertThat(resource.logicalCpus()).isEqualTo(4);
      assertThat(resource.memoryBytes()).isEqualTo(8L << 30);
      assertThat(resource.bootTime()).contains(NOW.minusSeconds(60));
      assertThat(resource.tags()).isEqualTo(Map.of("room", "lab"));
    }

    @Test
    void isAnsweredWithWhatIsCommitted() {
      ingest.setCommitted(
          Map.of(
              EPOCH,
              new SeqRanges(List.of(new SeqRange(1, 40), new SeqRange(42, 42))),
              OLDER_EPOCH,
              new SeqRanges(List.of(new SeqRange(1, 1_000_000)))));
      var listener = new RecordingListener();
      welcomed("m1", listener);
      var welcome = listener.awaitWelcome();
      assertThat(welcome.committed()).hasSize(2);
      assertThat(welcome.committed().get(EPOCH))
          .hasToString("[SeqRange[first=1, last=40], SeqRange[first=42, last=42]]");
      assertThat(welcome.serverTime()).isEqualTo(RecordingIngest.SERVER_TIME);
      assertThat(welcome.maxBatchSamples()).isEqualTo(RecordingIngest.MAX_BATCH_SAMPLES);
      assertThat(welcome.maxSeries()).isEqualTo(SeriesRegistry.DEFAULT_MAX_SERIES_PER_MACHINE);
    }

    @Test
    void endsTheStreamWithTheCodeOfARefusal() {
      for (var code :
          List.of(
              ErrorCode.PERMISSION_DENIED,
              ErrorCode.UNAUTHENTICATED,
              ErrorCode.RESOURCE_EXHAUSTED,
              ErrorCode.UNAVAILABLE,
              ErrorCode.INTERNAL)) {
        ingest.refuse(code);
        var listener = new RecordingListener();
        sender().open(hello("m1"), listener);
        assertThat(listener.awaitEnd()).contains(code);
        assertThat(listener.welcomes()).isZero();
      }
    }

    @Test
    void mayBeSentAgainByTheSameSenderAfterARefusal() {
      var sender = sender();
      ingest.refuse(ErrorCode.RESOURCE_EXHAUSTED);
      var refused = new RecordingListener();
      sender.open(hello("m1"), refused);
      refused.awaitEnd();
      ingest.refuseNoMore();
      var listener = new RecordingListener();
      sender.open(hello("m1"), listener);
      listener.awaitWelcome();
      assertThat(refused.ends()).isEqualTo(1);
    }
  }

  /** Batches up, acknowledgements down. */
  @Nested
  @DisplayName("batches")
  protected class Batches {
    /** Creates the group; called by JUnit. */
    protected Batches() {}

    @Test
    void arriveAsTheyWereSent() {
      var listener = new RecordingListener();
      var stream = welcomed("m1", listener);
      var plain = batch("m1", 1).build();
      var older =
          batch("m1", 7)
              .epoch(OLDER_EPOCH)
              .replay()
              .sample("app_queue_depth", Labels.of(Map.of("a", "1", "b", "ü")), -3.25)
              .processes(new TopProcess(42, "java", "root", 150.5, 1L << 33))
              .build();
      stream.send(plain);
      stream.send(older);
      var received = ingest.session("m1").awaitBatches(2);
      assertSame(received.get(0), plain);
      assertSame(received.get(1), older);
    }

    @Test
    void declareEachSeriesOnce() {
      var listener = new RecordingListener();
      var stream = welcomed("m1", listener);
      for (long seq = 1; seq <= 5; seq++) {
        stream.send(batch("m1", seq).build());
      }
      var session = ingest.session("m1");
      session.awaitBatches(5);
      assertThat(session.declarations()).isEqualTo(3);
    }

    @Test
    void areAcknowledgedToTheListener() {
      ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      var listener = new RecordingListener();
      var stream = welcomed("m1", listener);
      stream.send(batch("m1", 1).build());
      var session = ingest.session("m1");
      session.awaitBatches(1);
      var rejection = new Rejection(1, "cpu_percent", Rejection.Reason.OUT_OF_RANGE, 2);
      var first =
          new Ack(
              EPOCH,
              List.of(new SeqRange(1, 1)),
              Ack.Durability.VOLATILE,
              List.of(rejection),
              Duration.ofMillis(1_500));
      var second =
          new Ack(
              OLDER_EPOCH,
              List.of(new SeqRange(3, 9), new SeqRange(11, 11)),
              Ack.Durability.DURABLE,
              List.of(),
              Duration.ZERO);
      session.acknowledge(first);
      session.acknowledge(second);
      assertThat(listener.awaitAcks(2)).containsExactly(first, second);
    }

    @Test
    void withRefusedSeriesArriveWithoutThem() {
      var small = new RecordingIngest(new SeriesRegistry(1, 1));
      var other = createServer();
      opened.add(other);
      var target = other.start(small, new FixedCurrentStore());
      var sender = createSender(target);
      opened.add(sender);
      var listener = new RecordingListener();
      var stream = sender.open(hello("m1"), listener);
      listener.awaitWelcome();
      stream.send(batch("m1", 1).build());
      stream.send(batch("m1", 2).build());
      var session = small.session("m1");
      assertThat(session.awaitBatches(2)).allMatch(batch -> batch.size() == 1);
      assertThat(session.rejected())
          .containsExactly(
              new Rejection(1, "disk_percent", Rejection.Reason.TOO_MANY_SERIES, 2),
              new Rejection(2, "disk_percent", Rejection.Reason.TOO_MANY_SERIES, 2));
    }

    @Test
    void ofTwoMachinesDoNotMix() {
      var first = new RecordingListener();
      var second = new RecordingListener();
      var streamOne = welcomed("m1", first);
      var streamTwo = welcomed("m2", second);
      for (long seq = 1; seq <= 20; seq++) {
        streamOne.send(batch("m1", seq).build());
        streamTwo.send(batch("m2", seq).build());
      }
      for (var machineId : List.of("m1", "m2")) {
        var batches = ingest.session(machineId).awaitBatches(20);
        assertThat(batches).hasSize(20);
        for (var batch : batches) {
          assertThat(batch.machineId()).isEqualTo(machineId);
          assertThat(batch.series(0).machineId()).isEqualTo(machineId);
        }
      }
      assertThat(first.awaitAcks(20)).hasSize(20);
      assertThat(second.awaitAcks(20)).hasSize(20);
    }
  }

  /** What happens when the server cannot keep up. */
  @Nested
  @DisplayName("back-pressure")
  protected class BackPressure {
    /** Creates the group; called by JUnit. */
    protected BackPressure() {}

    @Test
    void reachesTheSenderAndIsLiftedAgain() {
      ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      ingest.setAccepting(false);
      var listener = new RecordingListener();
      var stream = welcomed("m1", listener);
      long seq = 0;
      while (stream.isReady() && seq < 2_000_000) {
        stream.send(batch("m1", ++seq).build());
      }
      assertThat(stream.isReady()).as("ready after %d batches", seq).isFalse();
      var session = ingest.session("m1");
      session.awaitBatches(1);
      assertThat(session.batches()).as("what a session took that wants no more").hasSize(1);
      ingest.setAccepting(true);
      session.awaitBatches((int) seq);
      listener.awaitReady();
      assertThat(stream.isReady()).isTrue();
      assertThat(session.batches()).hasSize((int) seq);
    }

    @Test
    void ofOneMachineDoesNotHoldAnother() {
      ingest.setAccepting(false);
      var held = welcomed("held", new RecordingListener());
      held.send(batch("held", 1).build());
      ingest.session("held").awaitBatches(1);
      held.send(batch("held", 2).build());
      var listener = new RecordingListener();
      var free = welcomed("free", listener);
      free.send(batch("free", 1).build());
      listener.awaitAcks(1);
      assertThat(ingest.session("held").batches()).hasSize(1);
    }

    @Test
    void losesNothingOfManyBatches() {
      var listener = new RecordingListener();
      var stream = welcomed("m1", listener);
      for (long seq = 1; seq <= MANY; seq++) {
        Eventually.until("a stream that takes batches", stream::isReady);
        stream.send(batch("m1", seq).build());
      }
      var batches = ingest.session("m1").awaitBatches(MANY);
      for (int i = 0; i < MANY; i++) {
        assertThat(batches.get(i).seq()).isEqualTo(i + 1);
      }
    }
  }

  /** How streams end. */
  @Nested
  @DisplayName("the end")
  protected class TheEnd {
    /** Creates the group; called by JUnit. */
    protected TheEnd() {}

    @Test
    void comesAfterAllIsAcknowledgedWhereTheCollectorHalfCloses() {
      ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      var listener = new RecordingListener();
      var stream = welcomed("m1", listener);
      stream.send(batch("m1", 1).build());
      stream.close();
      var session = ingest.session("m1");
      Eventually.until("a flush", () -> session.flushes() > 0);
      assertThat(listener.ends()).isZero();
      session.acknowledge(Ack.Durability.DURABLE, 1);
      assertThat(listener.awaitEnd()).isEmpty();
      assertThat(listener.awaitAcks(1)).hasSize(1);
      Eventually.until("a closed session", session::closed);
      stream.send(batch("m1", 2).build());
      assertThat(stream.isReady()).isFalse();
    }

    @Test
    void isUnavailableWhereTheServerStops() {
      var listener = new RecordingListener();
      welcomed("m1", listener);
      server.drain();
      server.stop(Duration.ofSeconds(5));
      assertThat(listener.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
      Eventually.until("a closed session", ingest.session("m1")::closed);
    }

    @Test
    void givesAcknowledgementsTheGraceToComeWhereTheServerStops() {
      ingest.setAcking(RecordingIngest.Acking.BY_TEST);
      var listener = new RecordingListener();
      var stream = welcomed("m1", listener);
      stream.send(batch("m1", 1).build());
      var session = ingest.session("m1");
      session.awaitBatches(1);
      var stop = Thread.ofVirtual().start(() -> server.stop(Duration.ofSeconds(10)));
      Eventually.until("a flush", () -> session.flushes() > 0);
      session.acknowledge(Ack.Durability.DURABLE, 1);
      assertThat(listener.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
      assertThat(listener.awaitAcks(1)).hasSize(1);
      Eventually.until("a stopped server", () -> !stop.isAlive());
    }

    @Test
    void isUnavailableWhereNobodyListens() throws Exception {
      int port;
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      var sender = createSender(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      opened.add(sender);
      for (int attempt = 0; attempt < 3; attempt++) {
        var listener = new RecordingListener();
        var stream = sender.open(hello("m1"), listener);
        assertThat(listener.awaitEnd()).contains(ErrorCode.UNAVAILABLE);
        assertThat(stream.isReady()).isFalse();
        stream.send(batch("m1", 1).build());
        stream.close();
      }
    }

    @Test
    void comesOnceAndForAllStreamsWhereTheSenderCloses() {
      var listener = new RecordingListener();
      var sender = sender();
      var stream = sender.open(hello("m1"), listener);
      listener.awaitWelcome();
      sender.close();
      listener.awaitEnd();
      stream.close();
      sender.close();
      assertThat(stream.isReady()).isFalse();
      assertThat(listener.ends()).isEqualTo(1);
      Eventually.until("a closed session", ingest.session("m1")::closed);
    }

    @Test
    void reachesASessionThatWasStillOpening() {
      ingest.holdOpening();
      var listener = new RecordingListener();
      var sender = sender();
      sender.open(hello("m1"), listener);
      Eventually.until("a hello", () -> !ingest.hellos().isEmpty());
      sender.close();
      listener.awaitEnd();
      ingest.releaseOpening();
      Eventually.until("a closed session", ingest.session("m1")::closed);
    }
  }
}
