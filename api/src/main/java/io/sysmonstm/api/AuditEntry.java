package io.sysmonstm.api;

import java.time.Instant;

/**
 * Something that somebody did, or tried. Immutable.
 *
 * @param at when
 * @param by who
 * @param source the network address it came from; empty where it came from within
 * @param action what, in snake_case: {@code rule_put}, {@code rule_deleted}, {@code
 *     alert_acknowledged}, {@code silence_put}, {@code silence_ended}, and what gateways and
 *     aggregators tell of accounts, tokens and machines
 * @param subject to what: a rule's name, the id of an alert or silence, an account, a machine
 * @param detail more of it: of a rule or silence a JSON object with {@code old} and {@code new},
 *     each the JSON of the rule or silence, and left out where there was or is none; else a few
 *     words or nothing, and never a secret
 */
public record AuditEntry(
    Instant at, String by, String source, String action, String subject, String detail) {
  /**
   * {@return an entry of what somebody did}
   *
   * @param at when
   * @param actor who
   * @param action what
   * @param subject to what
   * @param detail more of it
   */
  public static AuditEntry of(
      Instant at, Actor actor, String action, String subject, String detail) {
    return new AuditEntry(at, actor.name(), actor.source(), action, subject, detail);
  }
}
