package io.sysmonstm.spi;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.Rule;
import java.util.List;

/**
 * Alerts and rules, shared by the alerts engine, which writes alerts, and gateways, which read
 * them, acknowledge, and change rules. Thread-safe; every method may block, with a deadline, and
 * throws {@link io.sysmonstm.api.StoreUnavailableException} where the store cannot be reached.
 */
public interface AlertStore extends MetricStore {
  /**
   * Writes the new state of an alert, durably. An acknowledgement that is stored already is kept,
   * even where the given value has none.
   *
   * @param alert the new state
   * @return what is stored now
   */
  Alert save(Alert alert);

  /**
   * Forgets an alert that was pending and never fired.
   *
   * @param id its id
   */
  void forget(String id);

  /**
   * {@return alerts, the newest by start first, at most 10,000}
   *
   * @param query which
   */
  List<Alert> alerts(AlertQuery query);

  /**
   * Acknowledges an open alert.
   *
   * @param id its id
   * @param by who
   * @return the alert as it is now
   * @throws io.sysmonstm.api.RequestException NOT_FOUND where there is no such alert,
   *     FAILED_PRECONDITION where it is resolved
   */
  Alert acknowledge(String id, String by);

  /** {@return all rules: those of the file in its order, then those of the API by name} */
  List<Rule> rules();

  /**
   * Replaces the rules of the file, which the alerts engine has read.
   *
   * @param rules in the order of the file, all with origin FILE
   */
  void replaceFileRules(List<Rule> rules);

  /**
   * Adds or changes a rule of the API.
   *
   * @param rule with origin API
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where the file has a rule of this
   *     name
   */
  void putRule(Rule rule);

  /**
   * Deletes a rule of the API.
   *
   * @param name its name
   * @throws io.sysmonstm.api.RequestException NOT_FOUND where there is none, FAILED_PRECONDITION
   *     where it is the file's
   */
  void deleteRule(String name);

  /**
   * {@return a number that grows with each change of rules or acknowledgement, so that others
   * notice cheaply}
   */
  long revision();
}
