package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Batch;
import io.sysmonstm.api.HistoryQuery;
import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.Sample;
import io.sysmonstm.api.SeqRanges;
import io.sysmonstm.spi.Health;
import io.sysmonstm.spi.HistoryStore;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.testkit.HistoryStoreContract;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The contract again, with everything moved out of the journal and trimmed after each append. */
class SealedHistoryStoreContractTest extends HistoryStoreContract {
  @Override
  protected HistoryStore create(ProviderContext context) {
    var store = EmbeddedHistoryStore.builder(context).build();
    return new HistoryStore() {
      @Override
      public void append(List<Batch> batches) {
        store.append(batches);
        store.upkeep().full();
      }

      @Override
      public Map<UUID, SeqRanges> committed(String machineId) {
        return store.committed(machineId);
      }

      @Override
      public HistoryResult query(HistoryQuery query) {
        return store.query(query);
      }

      @Override
      public Map<String, List<Sample>> newest(Instant since) {
        return store.newest(since);
      }

      @Override
      public Health health() {
        return store.health();
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }
}
