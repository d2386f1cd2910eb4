package io.sysmonstm.gateway.helidon;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Virtual threads; the tasks that some work starts can be waited for. Thread-safe. */
final class SettlingExecutor extends AbstractExecutorService {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private static final ThreadLocal<List<CompletableFuture<?>>> STARTED = new ThreadLocal<>();

  /** Does some work, and waits until the tasks that it started itself have ended. */
  void settle(Runnable work) {
    var tasks = new ArrayList<CompletableFuture<?>>();
    STARTED.set(tasks);
    try {
      work.run();
    } finally {
      STARTED.remove();
    }
    CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new))
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  @Override
  public void execute(Runnable task) {
    var tasks = STARTED.get();
    if (tasks == null) {
      threads.execute(task);
    } else {
      tasks.add(CompletableFuture.runAsync(task, threads));
    }
  }

  @Override
  public void shutdown() {
    threads.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return threads.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return threads.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
