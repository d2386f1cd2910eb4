package io.sysmonstm.web.helidon.internal.net;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;

/** Puts every HTTP connection under the {@link Deadlines}. */
final class TimedSelector implements ServerConnectionSelector {
  private final ServerConnectionSelector http;
  private final Deadlines deadlines;

  TimedSelector(ServerConnectionSelector http, Deadlines deadlines) {
    this.http = http;
    this.deadlines = deadlines;
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    var timed = new TimedContext(context, deadlines.time());
    return new Connection(http.connection(timed), timed);
  }

  private final class Connection implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnection connection;
    private final TimedContext context;

    private Connection(ServerConnection connection, TimedContext context) {
      this.connection = connection;
      this.context = context;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      deadlines.add(context);
      try {
        connection.handle(limit);
      } finally {
        deadlines.remove();
      }
    }

    @Override
    public Duration idleTime() {
      return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      connection.close(interrupt);
    }

    @Override
    public boolean canInterrupt() {
      return connection instanceof InterruptableTask<?> task && task.canInterrupt();
    }
  }
}
