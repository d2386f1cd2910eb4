package io.sysmonstm.api;

import java.time.Instant;

/**
 * Something that somebody did. Immutable.
 *
 * @param at when
 * @param by who
 * @param action what, in snake_case: {@code rule_put}, {@code rule_deleted}, {@code
 *     alert_acknowledged}, {@code silence_put}, {@code silence_ended}
 * @param subject to what: a rule's name, or the id of an alert or silence
 * @param detail what it was made: the JSON of the rule or silence, else empty
 */
public record AuditEntry(Instant at, String by, String action, String subject, String detail) {}
