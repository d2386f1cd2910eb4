package io.sysmonstm.testkit;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.RequestException;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.Hello;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.spi.Welcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A transport without a network: keeps what is sent, and answers as the test says. By itself it
 * never answers, unless it was made {@link #answering}. Thread-safe.
 */
public final class RecordingSender implements MetricSender {
  private final List<OpenStream> streams = new CopyOnWriteArrayList<>();
  private final boolean answering;
  private volatile boolean closed;
  private volatile @Nullable RuntimeException refusal;

  /** Creates a sender that answers when told to. */
  public RecordingSender() {
    this(false);
  }

  private RecordingSender(boolean answering) {
    this.answering = answering;
  }

  /**
   * {@return a sender that welcomes each stream and acknowledges each batch as durable, at once}
   */
  public static RecordingSender answering() {
    return new RecordingSender(true);
  }

  @Override
  public Stream open(Hello hello, Listener listener) {
    var refused = refusal;
    if (refused != null) {
      throw refused;
    }
    var stream = new OpenStream(hello, listener);
    streams.add(stream);
    if (answering) {
      stream.welcome();
    }
    return stream;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** {@return whether it was closed} */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Makes each further open throw.
   *
   * @param thrown what to throw, or null to open again
   */
  public void refuse(@Nullable RuntimeException thrown) {
    refusal = thrown;
  }

  /** {@return all streams, in the order they were opened} */
  public List<OpenStream> streams() {
    return List.copyOf(streams);
  }

  /** {@return the stream that was opened last} */
  public OpenStream last() {
    return streams.getLast();
  }

  /** {@return all batches of all streams, in the order they were sent} */
  public List<Batch> sent() {
    return streams.stream().flatMap(stream -> stream.sent().stream()).toList();
  }

  /** A stream, with the server's part in the hands of the test. Thread-safe. */
  public final class OpenStream implements Stream {
    private final Hello hello;
    private final Listener listener;
    private final List<Batch> sent = new CopyOnWriteArrayList<>();
    private volatile boolean ready = true;
    private volatile boolean halfClosed;
    private volatile boolean cancelled;

    private OpenStream(Hello hello, Listener listener) {
      this.hello = hello;
      this.listener = listener;
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void send(Batch batch) {
      sent.add(batch);
      if (answering) {
        acknowledge(batch.seq(), batch.seq());
      }
    }

    @Override
    public void close() {
      halfClosed = true;
      if (answering) {
        listener.ended(null);
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    /** {@return how the collector introduced itself} */
    public Hello hello() {
      return hello;
    }

    /** {@return what was sent, in order} */
    public List<Batch> sent() {
      return List.copyOf(sent);
    }

    /** {@return the numbers of what was sent, in order} */
    public List<Long> sentSeqs() {
      return sent.stream().map(Batch::seq).toList();
    }

    /** {@return whether it was half-closed} */
    public boolean isHalfClosed() {
      return halfClosed;
    }

    /** {@return whether it was ended at once} */
    public boolean isCancelled() {
      return cancelled;
    }

    /** Answers the hello; nothing is committed and the clocks agree. */
    public void welcome() {
      welcome(Map.of(), hello.sentAt());
    }

    /**
     * Answers the hello.
     *
     * @param committed what history has
     * @param serverTime the server's clock
     */
    public void welcome(Map<UUID, SeqRanges> committed, Instant serverTime) {
      listener.welcomed(new Welcome(committed, serverTime, 5_000, 2_000));
    }

    /**
     * Acknowledges batches of the hello's epoch as durable.
     *
     * @param first the first number
     * @param last the last number
     */
    public void acknowledge(long first, long last) {
      acknowledge(Ack.Durability.DURABLE, first, last, Duration.ZERO);
    }

    /**
     * Acknowledges batches of the hello's epoch.
     *
     * @param durability what was done with them
     * @param first the first number
     * @param last the last number
     * @param retryAfter when to send them again, at the earliest
     */
    public void acknowledge(Ack.Durability durability, long first, long last, Duration retryAfter) {
      listener.acknowledged(
          new Ack(
              hello.epoch(),
              List.of(new SeqRange(first, last)),
              durability,
              List.of(),
              retryAfter));
    }

    /**
     * Says whether more can be sent, and tells the collector where it can.
     *
     * @param value whether more can be sent
     */
    public void setReady(boolean value) {
      ready = value;
      if (value) {
        listener.ready();
      }
    }

    /** Ends the stream well. */
    public void end() {
      listener.ended(null);
    }

    /**
     * Ends the stream.
     *
     * @param code why
     */
    public void end(ErrorCode code) {
      listener.ended(new RequestException(code, "ended by the test"));
    }

    /**
     * Ends the stream, and asks to be left alone.
     *
     * @param code why
     * @param pause for how long
     */
    public void end(ErrorCode code, Duration pause) {
      listener.retryAfter(pause);
      end(code);
    }
  }
}
