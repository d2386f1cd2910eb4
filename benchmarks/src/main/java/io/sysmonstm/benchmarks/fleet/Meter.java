package io.sysmonstm.benchmarks.fleet;

import io.sysmonstm.load.ServerCpu;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What happens between its making and its printing: samples, time, and CPU time of each server. */
final class Meter {
  private final Servers servers;
  private final Aggregator aggregator;
  private final LongSupplier samples;
  private final long startNanos = System.nanoTime();
  private final long startSamples;
  private final Cpu startCpu;

  private record Cpu(Duration aggregator, Duration redis, Duration postgres) {
    Cpu minus(Cpu start) {
      return new Cpu(
          aggregator.minus(start.aggregator),
          redis.minus(start.redis),
          postgres.minus(start.postgres));
    }

    double seconds() {
      return aggregator.plus(redis).plus(postgres).toNanos() / 1e9;
    }

    double microsEach(Duration part, long count) {
      return part.toNanos() / 1e3 / count;
    }
  }

  Meter(Servers servers, Aggregator aggregator, LongSupplier samples) {
    this.servers = servers;
    this.aggregator = aggregator;
    this.samples = samples;
    this.startCpu = cpu();
    this.startSamples = samples.getAsLong();
  }

  private Cpu cpu() {
    return new Cpu(
        ServerCpu.of(aggregator.pid()),
        ServerCpu.of(servers.redisPid()),
        ServerCpu.of(servers.postgresPid()));
  }

  void print(String title) {
    long count = Math.max(1, samples.getAsLong() - startSamples);
    var cpu = cpu().minus(startCpu);
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    System.out.printf(
        """
        %s
          %,.0f samples/s, %,.0f per server CPU-second
          CPU us a sample: aggregator %.2f, Redis %.2f, PostgreSQL %.2f; aggregator's RSS %d MB
        """,
        title,
        count / seconds,
        count / cpu.seconds(),
        cpu.microsEach(cpu.aggregator, count),
        cpu.microsEach(cpu.redis, count),
        cpu.microsEach(cpu.postgres, count),
        ServerCpu.residentBytes(aggregator.pid()) >> 20);
  }
}
