package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadGateTest {
  private int reads;
  private final ReadGate gate = new ReadGate(() -> reads++, Runnable::run);
  private final ReadGate.Valve first = gate.newValve();
  private final ReadGate.Valve second = gate.newValve();

  private void offer(ReadGate.Valve valve, boolean more) {
    valve.offering();
    valve.offered(more);
  }

  @Test
  void readsWhileSessionsTakeMore() {
    offer(first, true);
    gate.next();
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void waitsForResume() {
    offer(first, false);
    gate.next();
    assertThat(reads).isZero();
    first.resume();
    first.resume();
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void resumeBeforeTheAnswerOfOfferIsNotLost() {
    first.offering();
    first.resume();
    first.offered(false);
    gate.next();
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void resumeOfAnEarlierOfferDoesNotCountForALaterOne() {
    offer(first, true);
    first.resume();
    offer(first, false);
    gate.next();
    assertThat(reads).isZero();
  }

  @Test
  void resumeBeforeTheNextIsAskedForDoesNotReadTwice() {
    offer(first, false);
    first.resume();
    assertThat(reads).isZero();
    gate.next();
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void waitsForAllSessions() {
    offer(first, false);
    offer(second, false);
    offer(second, false);
    gate.next();
    first.resume();
    assertThat(reads).isZero();
    second.resume();
    assertThat(reads).isEqualTo(1);
  }
}
