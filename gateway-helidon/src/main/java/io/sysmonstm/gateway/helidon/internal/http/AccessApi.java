package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.gateway.helidon.Invitations;
import io.sysmonstm.gateway.helidon.internal.access.Access;
import io.sysmonstm.gateway.helidon.internal.access.Administration;
import io.sysmonstm.gateway.helidon.internal.access.Logins;
import io.sysmonstm.gateway.helidon.internal.access.SignOns;
import io.sysmonstm.gateway.helidon.internal.access.Throttle;
import io.sysmonstm.gateway.helidon.internal.store.StoreCalls;
import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.web.helidon.internal.http.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

/**
 * The calls of the REST API that are about who may come in.
 *
 * @param store who may
 * @param calls how the store is asked
 * @param access says who requests are from
 * @param invitations makes enrolment tokens, where the gateway was given it
 * @param signOn vouches for people, where the gateway was given it
 * @param time the clock
 * @param executor where others are asked
 */
public record AccessApi(
    AccessStore store,
    StoreCalls calls,
    Access access,
    Optional<Invitations> invitations,
    Optional<SingleSignOn> signOn,
    TimeSource time,
    ExecutorService executor) {
  private static final int CALLS_AT_ONCE = 16;
  private static final Duration QUEUE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * {@return how the store is asked}
   *
   * @param executor where
   */
  public static StoreCalls calls(ExecutorService executor) {
    return new StoreCalls("the store of accounts", CALLS_AT_ONCE, QUEUE, PATIENCE, executor);
  }

  Throttle throttle() {
    return new Throttle(time);
  }

  List<Route> routes() {
    var logins = new Logins(store, calls, access, time);
    var administration = new Administration(store, calls, access, logins, invitations, time);
    var signOns =
        signOn.map(
            provider ->
                new SignOns(provider, store, calls, access, logins, Person::name, time, executor));
    return Stream.of(
            new SessionCalls(access, logins, signOns.map(SignOns::name)).routes(),
            new SignOnCalls(signOns, time).routes(),
            new AccountCalls(administration).routes(),
            new ApiTokenCalls(administration).routes(),
            new MachineAccessCalls(administration).routes())
        .flatMap(List::stream)
        .toList();
  }
}
