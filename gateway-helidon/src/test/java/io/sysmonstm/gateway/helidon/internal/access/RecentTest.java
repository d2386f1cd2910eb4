package io.sysmonstm.gateway.helidon.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecentTest {
  private final ManualTime time = new ManualTime();
  private final Recent<String> recent = new Recent<>(time);
  private final List<String> asked = new ArrayList<>();
  private Optional<String> stored = Optional.of("value");
  private @Nullable SysmonstmException failure;

  private Optional<String> get(String key) {
    return recent.get(key, () -> answer("again " + key), () -> answer("first " + key));
  }

  private Optional<String> answer(String question) {
    asked.add(question);
    if (failure != null) {
      throw failure;
    }
    return stored;
  }

  static Stream<SysmonstmException> passing() {
    return Stream.of(
        new StoreUnavailableException("away", null),
        new RequestException(ErrorCode.RESOURCE_EXHAUSTED, "too many questions"),
        new TooManyException("too many", Duration.ofSeconds(1)));
  }

  @Test
  void asksAgainAfterAMoment() {
    assertThat(get("a")).contains("value");
    stored = Optional.of("other");
    assertThat(get("a")).contains("value");
    time.advance(Recent.FRESH);

    assertThat(get("a")).contains("other");
    assertThat(asked).containsExactly("first a", "again a");
  }

  @ParameterizedTest
  @MethodSource("passing")
  void theLastAnswerHoldsOnWhileTheStoreAnswersNothing(SysmonstmException why) {
    get("a");
    failure = why;
    time.advance(Recent.FRESH);
    assertThat(get("a")).contains("value");
    time.advance(Recent.STALE);

    assertThatExceptionOfType(SysmonstmException.class).isThrownBy(() -> get("a")).isSameAs(why);
    assertThatExceptionOfType(SysmonstmException.class).isThrownBy(() -> get("b")).isSameAs(why);
  }

  @Test
  void noAnswerHoldsOnAfterItWasForgotten() {
    get("a");
    recent.clear();
    failure = new StoreUnavailableException("away", null);

    assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> get("a"));
    assertThat(asked).as("though the key is known").containsExactly("first a", "again a");
  }

  @Test
  void whatIsNotThereIsAskedForOnceInAWhile() {
    stored = Optional.empty();
    for (int i = 0; i < 6; i++) {
      assertThat(get("a")).isEmpty();
      time.advance(Duration.ofSeconds(5));
    }
    assertThat(asked).containsExactly("first a");
    assertThat(get("a")).isEmpty();
    assertThat(asked).containsExactly("first a", "first a");
  }

  @Test
  void whatIsGoneIsMissingAndWhatFailedIsNot() {
    assertThat(recent.isMissing("a")).isFalse();
    get("a");
    stored = Optional.empty();
    time.advance(Recent.FRESH);
    get("a");
    assertThat(recent.isMissing("a")).isTrue();
    recent.clear();
    assertThat(recent.isMissing("a")).isFalse();

    failure = new StoreUnavailableException("away", null);
    assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> get("b"));
    assertThat(recent.isMissing("b")).isFalse();
  }

  @Test
  void madeUpKeysDriveOutNoneThatIsGood() {
    get("a");
    stored = Optional.empty();
    for (int i = 0; i < 20_000; i++) {
      get("made up " + i);
    }
    asked.clear();

    assertThat(get("a")).contains("value");
    assertThat(asked).isEmpty();
  }
}
