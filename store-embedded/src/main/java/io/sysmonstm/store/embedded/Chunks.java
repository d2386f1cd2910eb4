package io.sysmonstm.store.embedded;

import io.sysmonstm.spi.EventLog;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * Reads and writes the chunks of one tier. One that is damaged counts as empty and is logged, so
 * that it costs neither an answer nor what comes after it. Confined to one thread.
 */
final class Chunks {
  private static final EventLog LOG = EventLog.of(Chunks.class);

  private final Session session;
  private final Tier tier;
  private final ChunkReader reader;

  Chunks(Session session, Tier tier, ChunkReader reader) {
    this.session = session;
    this.tier = tier;
    this.reader = reader;
  }

  /** Hands over the samples of a series in the chunks that touch a span, rising. */
  void samples(int series, Span span, Consumer<SampleRun> visitor) throws SQLException {
    read(series, span, chunk -> visitor.accept(unpackSamples(chunk)));
  }

  /** Hands over the rollups of a series in the chunks that touch a span, rising. */
  void rollups(int series, Span span, Consumer<Rollups> visitor) throws SQLException {
    read(series, span, chunk -> visitor.accept(unpackRollups(chunk)));
  }

  /** Returns the samples of a series in the span that a time lies in. */
  SampleRun samplesAt(int series, long timeMillis) throws SQLException {
    var found = new ArrayList<SampleRun>(1);
    samples(series, new Span(timeMillis, timeMillis + 1), found::add);
    return found.isEmpty() ? new SampleRun() : found.getFirst();
  }

  /** Returns the rollups of a series in the span that a time lies in. */
  Rollups rollupsAt(int series, long timeMillis) throws SQLException {
    var found = new ArrayList<Rollups>(1);
    rollups(series, new Span(timeMillis, timeMillis + 1), found::add);
    return found.isEmpty() ? new Rollups(tier.widthMillis()) : found.getFirst();
  }

  /** Writes a chunk in the place of the one there was. */
  void write(int series, long timeMillis, byte[] chunk) throws SQLException {
    var upsert = session.prepare(tier.upsert());
    upsert.setLong(1, tier.key(series, timeMillis));
    upsert.setBytes(2, chunk);
    upsert.executeUpdate();
  }

  private void read(int series, Span span, Consumer<byte[]> visitor) throws SQLException {
    if (span.isEmpty()) {
      return;
    }
    var select = session.prepare(tier.select());
    select.setLong(1, tier.key(series, span.fromMillis()));
    select.setLong(2, tier.key(series, span.toMillis() - 1));
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        visitor.accept(rows.getBytes(1));
      }
    }
  }

  private SampleRun unpackSamples(byte[] chunk) {
    try {
      return SampleRun.unpack(chunk, reader);
    } catch (DamagedChunkException e) {
      logDamage(e);
      return new SampleRun();
    }
  }

  private Rollups unpackRollups(byte[] chunk) {
    try {
      return Rollups.unpack(chunk, reader, tier.widthMillis());
    } catch (DamagedChunkException e) {
      logDamage(e);
      return new Rollups(tier.widthMillis());
    }
  }

  private void logDamage(DamagedChunkException damage) {
    LOG.error(
        "history_chunk_damaged",
        "a chunk of history is damaged and left out",
        damage,
        "tier",
        tier);
  }
}
