package io.sysmonstm.spi;

import io.sysmonstm.api.Actor;
import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertQuery;
import io.sysmonstm.api.AuditEntry;
import io.sysmonstm.api.Rule;
import io.sysmonstm.api.Silence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Alerts and rules, shared by the alerts engine, which writes alerts, and gateways, which read
 * them, acknowledge, and change rules. Thread-safe; every method may block, with a deadline, and
 * throws {@link io.sysmonstm.api.StoreUnavailableException} where the store cannot be reached.
 */
public interface AlertStore extends MetricStore {
  /**
   * Writes the new state of an alert, durably, together with what people are owed of it: after a
   * crash there are both or neither. An acknowledgement that is stored already is kept, even where
   * the given value has none. An alert that is resolved stays so, and its repetitions are not owed
   * any more.
   *
   * @param alert the new state
   * @param owed notifications of this alert; one that is owed already stays as it is
   * @return what is stored now
   */
  Alert save(Alert alert, List<Notification> owed);

  /**
   * Writes the new state of an alert that nobody is told of.
   *
   * @param alert the new state
   * @return what is stored now
   */
  default Alert save(Alert alert) {
    return save(alert, List.of());
  }

  /**
   * Takes notifications that are due. For the time of the lease nobody else is given them, nor
   * other news of the same alert for the same notifier; whoever does not {@linkplain #settle
   * settle} them in that time, because it is dead or slow, loses them to the next who asks, and
   * whoever asks again before is given its own again. With notifications that are due come those of
   * the same alert that are due later, so that the order of one alert's news can be kept.
   *
   * @param notifier the name of the notifier
   * @param by who asks, unique among processes
   * @param lease for how long, by the clock of the store
   * @param most how many, 1 to 1,000
   * @return them with their alerts, the alert that has waited longest first, the news of each in
   *     the order FIRED, REPEATED, RESOLVED
   */
  List<OwedNotification> claim(String notifier, String by, Duration lease, int most);

  /**
   * Ends leases, in one transaction.
   *
   * @param done notifications that were told or need not be told: they are not owed any more
   * @param later notifications that are owed from now on, or at another time than before; what is
   *     of an alert that is gone, and repetitions of one that is resolved, are left out
   */
  void settle(List<Notification> done, List<Notification> later);

  /** {@return the silences that are not over, by begin} */
  List<Silence> silences();

  /**
   * Adds or changes a silence.
   *
   * @param silence which
   * @param by who
   */
  void putSilence(Silence silence, Actor by);

  /**
   * Ends a silence now.
   *
   * @param id its id
   * @param by who
   * @throws io.sysmonstm.api.RequestException NOT_FOUND where there is none that is not over
   */
  void endSilence(String id, Actor by);

  /**
   * {@return the audit, the newest entry first: each change of a rule of the API, acknowledgement,
   * and change of a silence, written together with it, and what an {@link AccessStore} of the same
   * data wrote} Entries are never changed, and deleted only when they are two years old: the
   * database itself refuses anything else.
   *
   * @param subject of which rule, alert, silence, account, token or machine; empty for all
   * @param most how many, 1 to 1,000
   */
  List<AuditEntry> audit(Optional<String> subject, int most);

  /**
   * Forgets an alert that was pending and never fired, with what is owed of it.
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
  Alert acknowledge(String id, Actor by);

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
   * @param by who
   * @throws io.sysmonstm.api.RequestException FAILED_PRECONDITION where the file has a rule of this
   *     name
   */
  void putRule(Rule rule, Actor by);

  /**
   * Deletes a rule of the API.
   *
   * @param name its name
   * @param by who
   * @throws io.sysmonstm.api.RequestException NOT_FOUND where there is none, FAILED_PRECONDITION
   *     where it is the file's
   */
  void deleteRule(String name, Actor by);

  /**
   * {@return a number that grows with each change of rules or silences and with each
   * acknowledgement, so that others notice cheaply}
   */
  long revision();
}
