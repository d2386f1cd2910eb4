package io.sysmonstm.notifier.email;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before an SMTP server, and can tell those who come that it takes no mail now. */
final class GreylistProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean works = true;

  GreylistProxy(int target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    executor.execute(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  void works(boolean value) {
    works = value;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    executor.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        executor.execute(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (!works) {
        client.getOutputStream().write("421 come back\r\n".getBytes(StandardCharsets.US_ASCII));
        return;
      }
      try (var office = new Socket(InetAddress.getLoopbackAddress(), target)) {
        executor.execute(() -> copy(office, client));
        client.getInputStream().transferTo(office.getOutputStream());
      }
    } catch (IOException gone) {
      // As when a real server goes: whoever sends has to see it.
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // The other direction ends too.
    }
  }
}
