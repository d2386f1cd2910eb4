package io.sysmonstm.gateway.helidon.internal.json;

import io.sysmonstm.api.HistoryResult;
import java.util.List;

/**
 * What history answers, with more than one value per point where more than one was asked for.
 *
 * @param result the series with their first values
 * @param aggregates what the values of a point are, in their order
 * @param further for each series the columns of its second and later values; empty where a point
 *     has one value; NaN is no value
 */
public record HistoryAnswer(
    HistoryResult result, List<String> aggregates, List<List<double[]>> further) {
  /** Copies the lists. */
  public HistoryAnswer {
    aggregates = List.copyOf(aggregates);
    further = List.copyOf(further);
  }
}
