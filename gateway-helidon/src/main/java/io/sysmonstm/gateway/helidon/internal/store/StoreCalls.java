package io.sysmonstm.gateway.helidon.internal.store;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Calls a store for requests, so that one that hangs costs neither a request more than its patience
 * nor the process more than so many threads. Thread-safe.
 */
public final class StoreCalls {
  private final String store;
  private final int atOnce;
  private final Duration queue;
  private final Duration patience;
  private final ExecutorService executor;
  private final Semaphore permits;
  // Calls that nobody waits for any more, and that have not ended.
  private final AtomicInteger hanging = new AtomicInteger();

  /**
   * Creates the calls of one store.
   *
   * @param store what it is called in answers
   * @param atOnce how many calls may run at one time
   * @param queue how long a call waits for its turn
   * @param patience how long a call may take
   * @param executor where calls run
   */
  public StoreCalls(
      String store, int atOnce, Duration queue, Duration patience, ExecutorService executor) {
    this.store = store;
    this.atOnce = atOnce;
    this.queue = queue;
    this.patience = patience;
    this.executor = executor;
    this.permits = new Semaphore(atOnce, true);
  }

  /**
   * {@return the answer of the store}
   *
   * @param <T> what it answers
   * @param question asked on another thread
   * @throws StoreUnavailableException where it does not answer in time
   * @throws RequestException RESOURCE_EXHAUSTED where too many wait for it
   */
  public <T> T ask(Supplier<T> question) {
    try {
      enter();
      return answer(begin(question));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestException(ErrorCode.UNAVAILABLE, "the gateway is stopping", e);
    }
  }

  /**
   * Tells the store something; fails as {@link #ask} does.
   *
   * @param order told on another thread
   */
  public void tell(Runnable order) {
    ask(
        () -> {
          order.run();
          return true;
        });
  }

  private void enter() throws InterruptedException {
    if (hanging.get() >= atOnce) {
      throw silent("%s has not answered for a while: try again later".formatted(store));
    }
    if (!permits.tryAcquire(queue.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new RequestException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "%d questions to %s are being answered already: ask again in a moment"
              .formatted(atOnce, store));
    }
  }

  private <T> Running<T> begin(Supplier<T> question) {
    var running = new Running<>(question);
    try {
      executor.execute(running);
    } catch (RejectedExecutionException stopping) {
      permits.release();
      throw new RequestException(ErrorCode.UNAVAILABLE, "the gateway is stopping", stopping);
    }
    return running;
  }

  private <T> T answer(Running<T> running) throws InterruptedException {
    try {
      return running.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      running.giveUp();
      throw silent("%s did not answer within %s s: try again".formatted(store, seconds()));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("a store failed", e.getCause());
    }
  }

  private String seconds() {
    return patience.toMillis() % 1000 == 0
        ? Long.toString(patience.toSeconds())
        : Double.toString(patience.toMillis() / 1000.0);
  }

  private static StoreUnavailableException silent(String message) {
    return new StoreUnavailableException(message, null);
  }

  /** A call on its own thread, which keeps its turn until it has ended. */
  private final class Running<T> implements Runnable {
    private final Supplier<T> question;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private boolean ended;
    private boolean givenUp;

    Running(Supplier<T> question) {
      this.question = question;
    }

    @Override
    public void run() {
      try {
        answer.complete(question.get());
      } catch (Throwable failure) { // handed to the caller, whatever it is
        answer.completeExceptionally(failure);
      } finally {
        end();
      }
    }

    private synchronized void end() {
      ended = true;
      if (givenUp) {
        hanging.decrementAndGet();
      }
      permits.release();
    }

    synchronized void giveUp() {
      if (!ended) {
        givenUp = true;
        hanging.incrementAndGet();
      }
    }
  }
}
