package io.sysmonstm.spi;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.Rule;
import java.time.Instant;
import java.util.List;

/** Says what a rule would have done. Thread-safe; blocks while history is read. */
@FunctionalInterface
public interface RuleReplay {
  /**
   * Replays a rule on stored history, as if it had been in force since {@code from}.
   *
   * @param rule which
   * @param from the begin, at most 31 days before {@code to}
   * @param to the end
   * @return the alerts that would have fired, by machine and time; of one that would still fire at
   *     {@code to} there is no time of resolution
   * @throws io.sysmonstm.api.RequestException INVALID_ARGUMENT for a span that is too long or
   *     empty, RESOURCE_EXHAUSTED where there are too many series
   * @throws io.sysmonstm.api.StoreUnavailableException where history cannot be reached
   */
  List<Alert> replay(Rule rule, Instant from, Instant to);
}
