package io.sysmonstm.aggregator.core;

import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Ack.Durability;
import io.sysmonstm.spi.IngestReply;
import io.sysmonstm.spi.Rejection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** Remembers what a stream was told, and whether it was told two things at once. Thread-safe. */
final class FakeReply implements IngestReply {
  final Queue<Ack> acks = new ConcurrentLinkedQueue<>();
  final Queue<RequestException> ends = new ConcurrentLinkedQueue<>();
  final AtomicInteger resumes = new AtomicInteger();
  final AtomicBoolean overlapped = new AtomicBoolean();
  private final AtomicInteger inside = new AtomicInteger();

  @Override
  public void acknowledge(Ack ack) {
    enter();
    acks.add(ack);
    inside.decrementAndGet();
  }

  @Override
  public void resume() {
    enter();
    resumes.incrementAndGet();
    inside.decrementAndGet();
  }

  @Override
  public void end(RequestException why) {
    enter();
    ends.add(why);
    inside.decrementAndGet();
  }

  private void enter() {
    if (inside.incrementAndGet() > 1) {
      overlapped.set(true);
    }
  }

  List<Long> seqs(Durability durability) {
    return acks.stream()
        .filter(ack -> ack.durability() == durability)
        .flatMap(ack -> ack.ranges().stream())
        .flatMapToLong(FakeReply::all)
        .distinct()
        .sorted()
        .boxed()
        .toList();
  }

  List<Long> durable() {
    return seqs(Durability.DURABLE);
  }

  List<Long> toldVolatile() {
    return seqs(Durability.VOLATILE);
  }

  List<Rejection> rejections() {
    return acks.stream().flatMap(ack -> ack.rejected().stream()).toList();
  }

  private static LongStream all(SeqRange range) {
    return LongStream.rangeClosed(range.first(), range.last());
  }
}
