package io.sysmonstm.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryAfterTest {
  private static Metadata trailers(String value) {
    var trailers = new Metadata();
    trailers.put(Overload.RETRY_AFTER, value);
    return trailers;
  }

  @Test
  void saysHowLongToWait() {
    assertThat(RetryAfter.in(trailers("1500"))).contains(Duration.ofMillis(1_500));
    assertThat(RetryAfter.in(trailers("99999999999999"))).contains(Duration.ofDays(1));
  }

  @Test
  void whatIsNoPauseIsNone() {
    assertThat(RetryAfter.in(new Metadata())).isEmpty();
    for (var text : new String[] {"", "0", "-5", "soon", "1e9"}) {
      assertThat(RetryAfter.in(trailers(text))).as(text).isEmpty();
    }
  }
}
