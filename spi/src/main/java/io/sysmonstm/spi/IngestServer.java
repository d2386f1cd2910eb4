package io.sysmonstm.spi;

import io.sysmonstm.api.ConfigException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** The receiving end of a transport. Thread-safe. */
public interface IngestServer extends AutoCloseable {
  /**
   * Begins to listen.
   *
   * @param ingest where streams go
   * @param current what is asked for the state of machines
   * @return the address it listens on, with the real port where 0 was configured
   * @throws io.sysmonstm.api.ConfigException where it cannot listen there
   */
  InetSocketAddress start(IngestService ingest, CurrentStore current);

  /**
   * Begins to listen by TLS for machines that prove who they are.
   *
   * @param ingest where streams go; it is told of no machine but those that have proved it
   * @param current what is asked for the state of machines
   * @param access who may come in
   * @return the address it listens on, with the real port where 0 was configured
   * @throws io.sysmonstm.api.ConfigException where it cannot listen there, or the transport cannot
   *     tell machines apart
   */
  default InetSocketAddress start(
      IngestService ingest, CurrentStore current, MachineAccess access) {
    throw new ConfigException(
        List.of("this transport cannot tell machines apart: expected one that speaks TLS"));
  }

  /** Says in the transport's own health check that it stops, so that clients go elsewhere. */
  void drain();

  /**
   * Ends: no new streams, open ones get the grace to finish. Blocks for as long at the most.
   *
   * @param grace how long open streams may go on
   */
  void stop(Duration grace);

  /** Ends at once. */
  @Override
  default void close() {
    stop(Duration.ZERO);
  }
}
