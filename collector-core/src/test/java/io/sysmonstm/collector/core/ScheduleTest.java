package io.sysmonstm.collector.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  private final Schedule schedule = new Schedule(1_000, 100);

  @Test
  void ticksLieOnAgridFromTheStart() {
    assertThat(schedule.dueNanos(0)).isEqualTo(1_000);
    assertThat(schedule.dueNanos(7)).isEqualTo(1_700);
  }

  @Test
  void tickAtIsTheLastOneThatWasDue() {
    assertThat(schedule.tickAt(1_000)).isZero();
    assertThat(schedule.tickAt(1_099)).isZero();
    assertThat(schedule.tickAt(1_100)).isEqualTo(1);
  }

  @Test
  void alateTickDoesNotShiftTheOnesAfterIt() {
    long tick = 0;
    long now = 1_000;
    for (int i = 0; i < 1_000; i++) {
      long late = i % 40;
      now = schedule.dueNanos(tick) + late;
      tick = schedule.next(now);
    }
    assertThat(tick).isEqualTo(1_000);
    assertThat(schedule.dueNanos(tick)).isEqualTo(101_000);
  }

  @Test
  void atickThatWouldFollowWithinHalfAnIntervalIsLeftOut() {
    assertThat(schedule.next(1_049)).isEqualTo(1);
    assertThat(schedule.next(1_050)).isEqualTo(2);
    assertThat(schedule.next(1_999)).isEqualTo(11);
  }

  @Test
  void worksWhereTheMonotonicClockIsNegative() {
    var negative = new Schedule(-250, 100);
    assertThat(negative.tickAt(-250)).isZero();
    assertThat(negative.tickAt(-40)).isEqualTo(2);
    assertThat(negative.next(-249)).isEqualTo(1);
  }
}
