package io.sysmonstm.spi;

import io.sysmonstm.api.Resource;

/**
 * Takes in the streams of collectors; implemented by the aggregator, called by transports.
 * Thread-safe.
 */
public interface IngestService {
  /**
   * Begins a stream of a native collector. May block to read what is committed, with a deadline.
   *
   * @param hello how the collector introduced itself
   * @param reply where acknowledgements go
   * @return the session; its stream calls it from one thread at a time
   * @throws io.sysmonstm.api.RequestException where the machine is refused; the transport ends the
   *     stream with its code
   */
  IngestSession open(Hello hello, IngestReply reply);

  /**
   * Begins to take samples of a machine whose client numbers nothing. The session's {@link
   * IngestSession#nextSeq} numbers its batches.
   *
   * @param machineId the machine
   * @param resource what is known of it
   * @param reply where acknowledgements go
   * @return the session
   * @throws io.sysmonstm.api.RequestException where the machine is refused
   */
  IngestSession openUnnumbered(String machineId, Resource resource, IngestReply reply);

  /** {@return whether batches can be taken and shown now, and what is degraded} */
  Readiness readiness();
}
