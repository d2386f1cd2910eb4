package io.sysmonstm.gateway.helidon.internal.access;

import io.sysmonstm.spi.Networks;
import io.sysmonstm.spi.RateLimit;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Caller;
import io.sysmonstm.web.helidon.internal.http.Route;
import io.sysmonstm.web.helidon.internal.http.TooManyException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Keeps one address, account or token from using up what costs the stores much. Thread-safe. */
public final class Throttle {
  private static final int AT_ONCE = 200;
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final RateLimit limit;

  /**
   * Creates a throttle.
   *
   * @param time the clock
   */
  public Throttle(TimeSource time) {
    this.limit = new RateLimit(AT_ONCE, PAUSE, time);
  }

  /**
   * {@return routes that may be called so often and no more}
   *
   * @param routes those that cost much
   */
  public List<Route> of(List<Route> routes) {
    return routes.stream()
        .map(
            route ->
                new Route(
                    route.right(),
                    route.method(),
                    route.pattern(),
                    route.parameters(),
                    throttled(route.handler())))
        .toList();
  }

  private Function<Call, Answer> throttled(Function<Call, Answer> handler) {
    return call -> {
      wait(call.caller())
          .ifPresent(
              wait -> {
                throw new TooManyException("too many questions of this kind", wait);
              });
      return handler.apply(call);
    };
  }

  private Optional<Duration> wait(Caller caller) {
    var ofNetwork = limit.take("network " + Networks.of(caller.address()));
    return ofNetwork.isPresent() || !caller.isKnown()
        ? ofNetwork
        : limit.take("account " + caller.name());
  }
}
