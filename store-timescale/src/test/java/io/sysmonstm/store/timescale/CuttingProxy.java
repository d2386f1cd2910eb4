package io.sysmonstm.store.timescale;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a driver and its server, and cuts the connection at a COMMIT of copied rows: by
 * turns before the server has got it, and after, when only the answer is lost. Thread-safe.
 */
final class CuttingProxy implements AutoCloseable {
  private static final byte[] COPY = "COPY samples".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] COMMIT = "COMMIT".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listener;
  private final int target;
  private final ExecutorService executor;
  private final AtomicInteger cutsLeft = new AtomicInteger();

  CuttingProxy(int target, ExecutorService executor) {
    this.target = target;
    this.executor = executor;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    executor.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts at the next commits. */
  void cut(int commits) {
    cutsLeft.set(commits);
  }

  int cutsLeft() {
    return cutsLeft.get();
  }

  @Override
  public void close() {
    closeQuietly(listener);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), target);
        executor.execute(() -> pump(client, server, true));
        executor.execute(() -> pump(server, client, false));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void pump(Socket from, Socket to, boolean mayCut) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      var buffer = new byte[65_536];
      boolean copied = false;
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        copied |= mayCut && has(buffer, length, COPY);
        int cut = 0;
        if (copied && has(buffer, length, COMMIT)) {
          cut = cutsLeft.getAndUpdate(n -> Math.max(0, n - 1));
          copied = false;
        }
        if (cut % 2 == 1) {
          return;
        }
        out.write(buffer, 0, length);
        if (cut > 0) {
          return;
        }
      }
    } catch (IOException gone) {
      // The other direction has closed both.
    }
  }

  private static boolean has(byte[] buffer, int length, byte[] text) {
    for (int i = 0; i + text.length <= length; i++) {
      if (Arrays.mismatch(buffer, i, i + text.length, text, 0, text.length) < 0) {
        return true;
      }
    }
    return false;
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
