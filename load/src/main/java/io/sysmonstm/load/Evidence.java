package io.sysmonstm.load;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a run has shown anything: a history without a gap and without a double is easy to keep
 * where nothing was stored and nothing came twice.
 *
 * @param durable batches that are known to be durable
 * @param resent batches that were sent again
 * @param duplicates batches that were sent again though they were durable, and acknowledged again
 */
public record Evidence(long durable, long resent, long duplicates) {
  /** Takes what a ledger has counted. */
  public static Evidence of(Ledger ledger) {
    return new Evidence(ledger.durableBatches(), ledger.resentBatches(), ledger.duplicates());
  }

  /**
   * Returns what is missing for a run to count; nothing where it does.
   *
   * @param resendsExpected whether its fault must have made machines send again
   */
  public List<String> gaps(boolean resendsExpected) {
    var gaps = new ArrayList<String>();
    if (durable == 0) {
      gaps.add("nothing was acknowledged as durable");
    }
    if (resendsExpected && resent == 0) {
      gaps.add("nothing was sent again");
    }
    if (resendsExpected && duplicates == 0) {
      gaps.add("no duplicate has arrived");
    }
    return gaps;
  }
}
