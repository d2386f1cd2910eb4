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
  /** The greatest length of all texts but the detail, in characters; longer ones are cut. */
  public static final int MAX_TEXT_LENGTH = 256;

  /** Cuts texts that are too long: names that somebody tries may be of any length. */
  public AuditEntry {
    by = cut(by);
    source = cut(source);
    action = cut(action);
    subject = cut(subject);
  }

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

  private static String cut(String text) {
    if (text.length() <= MAX_TEXT_LENGTH) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(MAX_TEXT_LENGTH - 1));
    return text.substring(0, splitsPair ? MAX_TEXT_LENGTH - 1 : MAX_TEXT_LENGTH);
  }
}
