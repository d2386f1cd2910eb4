package io.sysmonstm.spi;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * All samples over time, in three tiers: raw, 1 minute and 1 hour, the latter two with average,
 * minimum, maximum, last and count. Samples of counters are not kept.
 *
 * <p>Thread-safe. {@link #append} is called by one thread at a time, the reading methods by any.
 */
public interface HistoryStore extends MetricStore {
  /**
   * Writes batches of many machines in one transaction: samples, rollups and the committed sequence
   * numbers, all or nothing. A batch whose (machine, epoch, seq) is already committed is left out,
   * whatever it carries, so that sending again writes nothing twice. Blocks until it is durable,
   * with a deadline.
   *
   * @param batches in the order of arrival; not kept
   * @throws io.sysmonstm.api.StoreUnavailableException where nothing was written; the call may be
   *     made again
   */
  void append(List<Batch> batches);

  /**
   * {@return what is committed of a machine, by epoch} May block, with a deadline.
   *
   * @param machineId a machine
   * @throws io.sysmonstm.api.StoreUnavailableException where the store cannot be read now
   */
  Map<UUID, SeqRanges> committed(String machineId);

  /**
   * Answers a question. Raw samples with their own times where no step is asked for, they are still
   * kept, and no series has more of them in the span than {@link HistoryQuery#maxPoints}; buckets
   * otherwise, from the coarsest tier whose rollups fit the step ({@link TierPlan}). Buckets are
   * aligned to the epoch; those that begin in the span are answered, and one without samples is a
   * missing point. Blocks, with a deadline.
   *
   * @param query what is asked
   * @return the answer, without the series that have no point in the span
   * @throws io.sysmonstm.api.StoreUnavailableException where the store cannot be read now
   */
  HistoryResult query(HistoryQuery query);

  /**
   * {@return the newest sample of each series that has one at or after a time, by machine} What is
   * shown while the store of current state is away. Blocks, with a deadline.
   *
   * @param since usually some collection intervals ago; at most an hour
   * @throws io.sysmonstm.api.StoreUnavailableException where the store cannot be read now
   */
  Map<String, List<Sample>> newest(Instant since);
}
