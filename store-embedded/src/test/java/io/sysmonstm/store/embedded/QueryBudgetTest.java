package io.sysmonstm.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class QueryBudgetTest {
  private final ManualTime time = new ManualTime();
  private final QueryBudget budget = new QueryBudget(time);

  @Test
  @DisplayName("row 20: no answer has more than 1,000,000 points")
  void refusesMorePointsThanAnAnswerMayHave() {
    budget.spendPoints(QueryBudget.MAX_POINTS);

    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(() -> budget.spendPoints(1))
        .withMessageContaining("more than 1000000 points")
        .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void countsAnewWhereAnAnswerIsBegunAnew() {
    budget.spendPoints(QueryBudget.MAX_POINTS);
    budget.restart();

    budget.spendPoints(QueryBudget.MAX_POINTS);
  }

  @Test
  @DisplayName("row 20: a question ends after 10 s")
  void endsAQuestionThatTakesTooLong() {
    time.advance(QueryBudget.DEADLINE);
    budget.checkTime();
    time.advance(Duration.ofNanos(1));

    assertThatExceptionOfType(RequestException.class)
        .isThrownBy(budget::checkTime)
        .satisfies(late -> assertThat(late.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
  }
}
