package io.sysmonstm.testkit;

import com.sun.net.httpserver.HttpExchange;
import io.sysmonstm.testkit.OpenIdServer.Fault;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Which paths of an {@link OpenIdServer} fail, and how. Thread-safe. */
final class OpenIdFaults implements AutoCloseable {
  private static final int HUGE = 5 << 20;

  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  void put(String path, Fault fault) {
    faults.put(path, fault);
  }

  void mend() {
    faults.clear();
  }

  /** Answers as a path fails; returns whether it does. May last until this is closed. */
  boolean answer(String path, HttpExchange exchange) throws IOException {
    var fault = faults.get(path);
    if (fault == null) {
      return false;
    }
    switch (fault) {
      case DOWN -> OpenIdHttp.send(exchange, 503, "text/plain", "down for the test");
      case HANGS -> awaitEnd();
      case TRICKLES -> {
        exchange.getResponseHeaders().set("Content-Type", OpenIdHttp.JSON);
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        awaitEnd();
      }
      case GARBAGE -> OpenIdHttp.send(exchange, 200, OpenIdHttp.JSON, "<html>\"}{");
      case HUGE ->
          OpenIdHttp.send(exchange, 200, OpenIdHttp.JSON, "{\"x\":\"" + "x".repeat(HUGE) + "\"}");
      case NO_ID_TOKEN ->
          OpenIdHttp.send(
              exchange,
              200,
              OpenIdHttp.JSON,
              "{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"expires_in\":300}");
      case REDIRECTS -> OpenIdHttp.redirect(exchange, "/elsewhere");
    }
    return true;
  }

  private void awaitEnd() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
