package io.sysmonstm.plugin.host;

import java.util.Optional;

/**
 * One line of what plugins there are. Immutable.
 *
 * @param spi what it makes, for example {@code HistoryStore}; empty for a directory that could not
 *     be loaded
 * @param type its type; empty where it could not be asked
 * @param module the module and its version
 * @param location the jar or directory it comes from
 * @param problem why it cannot be used; empty where it can
 */
public record ProviderListing(
    String spi, String type, String module, String location, Optional<String> problem) {}
