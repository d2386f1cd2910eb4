package io.sysmonstm.plugin.host;

/**
 * A part that did not stop as it should. Immutable.
 *
 * @param part its name
 * @param cause what it threw; a {@link java.util.concurrent.TimeoutException} where it took too
 *     long
 */
public record StopFailure(String part, Throwable cause) {}
