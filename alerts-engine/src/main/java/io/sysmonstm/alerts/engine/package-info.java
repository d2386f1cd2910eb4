/**
 * Alert rules, their state machine, and notifiers. {@link io.sysmonstm.alerts.engine.AlertEngine}
 * evaluates the rules of a {@link io.sysmonstm.alerts.engine.RuleSource} on the samples of an event
 * bus.
 */
package io.sysmonstm.alerts.engine;
