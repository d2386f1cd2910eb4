package io.sysmonstm.web.helidon.internal.net;

import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sysmonstm.web.helidon.internal.http.Answer;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Caller;
import io.sysmonstm.web.helidon.internal.http.HostGuard;
import io.sysmonstm.web.helidon.internal.http.Problem;
import io.sysmonstm.web.helidon.internal.http.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Map;

/** Hands every request to the router, and its answer back. */
final class RequestHandler implements Handler {
  /** On every answer, those to broken requests too. */
  static final Map<String, String> SECURITY_HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=(), payment=(), usb=()");

  /** On every answer to who speaks HTTPS: browsers come back over that only. */
  static final String HSTS = "Strict-Transport-Security";

  static final String HSTS_YEAR = "max-age=31536000";

  static final int MAX_BODY_BYTES = 1 << 20;
  private static final byte[] NOTHING = {};
  private static final Answer TOO_MANY =
      Problem.refused(429, "too many requests at once from your address: wait for their answers")
          .with("Retry-After", "1");

  private final Router router;
  private final HostGuard guard;
  private final ClientAddress addresses;
  private final boolean tls;
  private final Deadlines deadlines;
  private final NetworkPlaces places;

  /** Creates it, with places for the requests of each network that are in progress. */
  RequestHandler(
      Router router,
      HostGuard guard,
      ClientAddress addresses,
      boolean tls,
      Deadlines deadlines,
      NetworkPlaces places) {
    this.router = router;
    this.guard = guard;
    this.addresses = addresses;
    this.tls = tls;
    this.deadlines = deadlines;
    this.places = places;
  }

  private static final class BodyTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    var call = call(request);
    boolean closes = request.headers().contains(HeaderValues.CONNECTION_CLOSE);
    if (!mayTakeLong(call, request)) {
      send(answer(call, request), call, response);
    } else if (!answerInPlace(call, request, response)) {
      deadlines.requestRefused();
      deadlines.requestRead();
      // Its body is not waited for, and must not be taken for another request.
      closes |= request.content().hasEntity();
      send(closes ? TOO_MANY.with("Connection", "close") : TOO_MANY, call, response);
    }
    if (closes) {
      // Helidon says "Connection: close" and then waits for the client to do it.
      throw new CloseConnectionException("this connection ends with its answer");
    }
  }

  /** Answers where there is a place for that; returns whether there was. */
  private boolean answerInPlace(Call call, ServerRequest request, ServerResponse response) {
    var client = InetAddress.ofLiteral(call.source());
    if (!places.enter(client)) {
      return false;
    }
    try {
      send(answer(call, request), call, response);
      readRest(request);
      return true;
    } finally {
      places.leave(client);
    }
  }

  // What is answered from memory needs no place: somebody whose questions wait for a store still
  // gets the page, and is found healthy.
  private static boolean mayTakeLong(Call call, ServerRequest request) {
    var path = call.path();
    return request.content().hasEntity()
        || path.equals("/metrics")
        || (path.startsWith("/api/") && !path.equals("/api/v1/session"));
  }

  private static void send(Answer answer, Call call, ServerResponse response) {
    response.status(Status.create(answer.status()));
    SECURITY_HEADERS.forEach((name, value) -> response.header(name, value));
    if (call.visitor().secure()) {
      response.header(HSTS, HSTS_YEAR);
    }
    answer.headers().forEach((name, value) -> response.header(name, value));
    if (!answer.cookies().isEmpty()) {
      response.header("Set-Cookie", answer.cookies().toArray(String[]::new));
    }
    if (call.method().equals("HEAD")) {
      response.header("Content-Length", Integer.toString(answer.body().length));
      response.send(NOTHING);
    } else {
      response.send(answer.body());
    }
  }

  // Helidon would do it without a deadline, and after the place was left.
  private void readRest(ServerRequest request) {
    if (!request.content().hasEntity() || request.content().consumed()) {
      return;
    }
    deadlines.bodyComes();
    try {
      request.content().consume();
    } catch (RuntimeException e) {
      throw new CloseConnectionException("the rest of a body did not come", e);
    }
    deadlines.requestRead();
  }

  private Answer answer(Call call, ServerRequest request) {
    try {
      var refused =
          guard.problem(
              call.header("Host"),
              call.header("Origin"),
              request.localPeer().host(),
              call.visitor().secure(),
              call.visitor().isUnsafe());
      return refused
          .map(problem -> Problem.refused(403, problem))
          .orElseGet(() -> router.answer(call));
    } catch (BodyTooLarge e) {
      return Problem.refused(413, "the body is larger than %d bytes".formatted(MAX_BODY_BYTES));
    } catch (RequestException | CloseConnectionException e) {
      throw e;
    } catch (RuntimeException e) {
      return router.failed(call, e);
    } finally {
      deadlines.requestRead();
    }
  }

  private Call call(ServerRequest request) {
    var prologue = request.prologue();
    var visitor =
        addresses.visitor(
            prologue.method().text(), request.headers(), request.remotePeer().host(), tls);
    return new Call(
        prologue.method().text(),
        prologue.uriPath().rawPath(),
        prologue.query().rawValue(),
        Map.of(),
        visitor,
        Caller.stranger(visitor.address()),
        () -> body(request));
  }

  private byte[] body(ServerRequest request) {
    if (request.headers().contentLength().orElse(0) > MAX_BODY_BYTES) {
      throw new BodyTooLarge();
    }
    if (!request.content().hasEntity()) {
      return NOTHING;
    }
    try (var in = request.content().inputStream()) {
      var body = in.readNBytes(MAX_BODY_BYTES + 1);
      if (body.length > MAX_BODY_BYTES) {
        throw new BodyTooLarge();
      }
      deadlines.requestRead();
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
