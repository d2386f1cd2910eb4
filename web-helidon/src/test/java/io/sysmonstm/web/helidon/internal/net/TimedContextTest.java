package io.sysmonstm.web.helidon.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.buffers.DataWriter;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.sysmonstm.testkit.Eventually;
import io.sysmonstm.testkit.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class TimedContextTest {
  private static final Duration PATIENCE = Timing.DEFAULT.request();

  private final ManualTime time = new ManualTime();
  private final TimedContext context =
      new TimedContext(onlyWriting(new RecordingWriter()), time, Timing.DEFAULT, () -> {});

  private static ConnectionContext onlyWriting(DataWriter writer) {
    return (ConnectionContext)
        Proxy.newProxyInstance(
            ConnectionContext.class.getClassLoader(),
            new Class<?>[] {ConnectionContext.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("dataWriter")) {
                return writer;
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private boolean ends(Runnable end) {
    return context.endComingTooSlowly(time.nanoTime(), PATIENCE, end);
  }

  private void bodyIsComing() {
    context.headRead(
        WritableHeaders.create().add(HeaderValues.create(HeaderNames.CONTENT_LENGTH, "9")));
    time.advance(PATIENCE);
  }

  @Test
  void aRequestThatHasComeIsNotEndedHoweverLongItIsHandled() {
    bodyIsComing();
    context.requestRead();
    time.advance(PATIENCE);

    assertThat(ends(() -> {})).isFalse();
  }

  @Test
  void aRequestThatComesInTheVeryMomentInWhichItIsEndedIsNotHandled() {
    bodyIsComing();
    var reader = new CompletableFuture<Thread>();
    var read = new CompletableFuture<Void>();

    boolean ended =
        ends(
            () -> {
              Thread.ofPlatform()
                  .daemon()
                  .start(
                      () -> {
                        reader.complete(Thread.currentThread());
                        var _ = read.completeAsync(this::read, Runnable::run);
                      });
              Eventually.until(
                  "who has read it waits for the verdict",
                  () -> reader.join().getState() == Thread.State.BLOCKED);
            });

    assertThat(ended).isTrue();
    assertThatThrownBy(read::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ServerConnectionException.class);
  }

  private Void read() {
    context.requestRead();
    throw new AssertionError("it is handled and ended");
  }
}
