package io.sysmonstm.store.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.sysmonstm.redis.client.Pipeline;
import io.sysmonstm.redis.client.RedisWorker;
import io.sysmonstm.redis.client.Replies;
import io.sysmonstm.spi.SelfMetrics;
import io.sysmonstm.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes machines that have news, many in one round trip and each about ten times a second at the
 * most. A machine waits once however much news it has, so that the queue never holds more than
 * there are machines. {@link #enqueue} is thread-safe, turns are the worker's.
 */
final class StateWriter implements RedisWorker.Work<StatefulRedisConnection<String, byte[]>> {
  private static final int MAX_MACHINES = 128;
  // Rendering and writing a machine costs the same however much news it has.
  private static final long REWRITE_NANOS = 100_000_000;

  private final TimeSource time;
  private final long timeToLiveNanos;
  private final StateForm form;
  private final BlockingQueue<MachineMemory> waiting;
  private final String writer = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  private final LongAdder merged;
  private final LongAdder failed;
  private @Nullable Object asked;
  private long lastTurnNanos;

  StateWriter(TimeSource time, SelfMetrics metrics, long timeToLiveNanos, int maxMachines) {
    this.time = time;
    this.lastTurnNanos = time.nanoTime() - REWRITE_NANOS;
    this.timeToLiveNanos = timeToLiveNanos;
    this.form = new StateForm(writer, timeToLiveNanos);
    this.waiting = new ArrayBlockingQueue<>(maxMachines);
    merged =
        metrics.counter(
            "current_updates_merged_total",
            "Batches that were written together with one that waited already.");
    failed =
        metrics.counter(
            "current_writes_failed_total",
            "States of a machine that were not written at the first try.");
  }

  /** Has a machine written soon. Never blocks. */
  void enqueue(MachineMemory machine) {
    if (!machine.beginWaiting()) {
      merged.increment();
    } else if (!waiting.offer(machine)) {
      // A machine that was forgotten and came back may be there twice for a moment.
      machine.endWaiting();
      failed.increment();
    }
  }

  int waiting() {
    return waiting.size();
  }

  @Override
  public void turn(StatefulRedisConnection<String, byte[]> connection) throws InterruptedException {
    var machines = new ArrayList<MachineMemory>();
    // A new connection is asked at once whether it works.
    long patience = connection.equals(asked) ? RedisWorker.IDLE.toMillis() : 0;
    asked = connection;
    var first = waiting.poll(patience, TimeUnit.MILLISECONDS);
    if (first != null) {
      machines.add(first);
      awaitTurn(first);
      waiting.drainTo(machines, MAX_MACHINES - 1);
    }
    boolean done = false;
    try {
      write(connection, machines);
      done = true;
    } finally {
      if (!done) {
        failed.add(machines.size());
        machines.forEach(MachineMemory::endWaiting);
        machines.forEach(this::enqueue);
      }
    }
  }

  /** {@return the time by the server's clock, in milliseconds of Unix time} */
  static RedisFuture<List<byte[]>> askTime(RedisAsyncCommands<String, byte[]> redis) {
    return redis.time();
  }

  static long millis(List<byte[]> secondsAndMicros) {
    return TimeUnit.SECONDS.toMillis(number(secondsAndMicros.getFirst()))
        + TimeUnit.MICROSECONDS.toMillis(number(secondsAndMicros.getLast()));
  }

  private static long number(byte[] digits) {
    try {
      return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new RedisException("the answer to TIME is no number", e);
    }
  }

  @Override
  public void end(StatefulRedisConnection<String, byte[]> connection) throws InterruptedException {
    var machines = new ArrayList<MachineMemory>();
    waiting.drainTo(machines, MAX_MACHINES);
    if (!machines.isEmpty()) {
      write(connection, machines);
    }
  }

  // One machine that is written too often waits, and so does a turn of few machines: those that
  // have news meanwhile are written with them.
  private void awaitTurn(MachineMemory first) throws InterruptedException {
    long earliest = first.writtenNanos();
    if (waiting.size() < MAX_MACHINES - 1 && lastTurnNanos - earliest > 0) {
      earliest = lastTurnNanos;
    }
    long early = earliest + REWRITE_NANOS - time.nanoTime();
    if (early > 0) {
      // A clock that is not the real one shall not make it longer than it ever is.
      TimeUnit.NANOSECONDS.sleep(Math.min(early, REWRITE_NANOS));
    }
  }

  private void write(
      StatefulRedisConnection<String, byte[]> connection, List<MachineMemory> machines)
      throws InterruptedException {
    var redis = connection.async();
    // Asked each time, so that neither a clock that is set nor a machine that slept matters.
    long serverMillis = millis(Replies.soon().await(askTime(redis)));
    if (machines.isEmpty()) {
      return;
    }
    long nowNanos = time.nanoTime();
    lastTurnNanos = nowNanos;
    var pipeline = new Pipeline();
    for (var machine : machines) {
      machine.beginWriting(nowNanos);
      pipeline.hset(machine.key(), form.write(machine, nowNanos, serverMillis));
    }
    pipeline.sadd(StateKeys.MACHINES, ids(machines));
    var sweep = askForOthers(redis, machines, nowNanos);
    pipeline.send(connection, Replies.soon());
    removeExpired(redis, sweep, serverMillis);
  }

  private static List<byte[]> ids(List<MachineMemory> machines) {
    return machines.stream()
        .map(machine -> machine.machineId().getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private Map<String, RedisFuture<Map<String, byte[]>>> askForOthers(
      RedisAsyncCommands<String, byte[]> redis, List<MachineMemory> machines, long nowNanos) {
    var asked = new LinkedHashMap<String, RedisFuture<Map<String, byte[]>>>();
    for (var machine : machines) {
      if (machine.beginSweep(nowNanos, timeToLiveNanos)) {
        asked.put(machine.key(), redis.hgetall(machine.key()));
      }
    }
    return asked;
  }

  /** Removes what processes left that have not written for longer than a sample lives. */
  private void removeExpired(
      RedisAsyncCommands<String, byte[]> redis,
      Map<String, RedisFuture<Map<String, byte[]>>> asked,
      long serverMillis)
      throws InterruptedException {
    var replies = Replies.soon();
    long oldestMillis = serverMillis - TimeUnit.NANOSECONDS.toMillis(timeToLiveNanos);
    var answers = new ArrayList<RedisFuture<?>>();
    for (var hash : asked.entrySet()) {
      StateMerge.expiredWriters(replies.await(hash.getValue()), oldestMillis).stream()
          .filter(Predicate.not(writer::equals))
          .forEach(
              gone ->
                  answers.add(
                      redis.hdel(
                          hash.getKey(),
                          gone + StateForm.SEEN,
                          gone + StateForm.RESOURCE,
                          gone + StateForm.PROCESSES,
                          gone + StateForm.SAMPLES)));
    }
    for (var answer : answers) {
      replies.await(answer);
    }
  }
}
