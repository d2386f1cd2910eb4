package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Settings;

/**
 * A configured plugin of which there may be several. Immutable.
 *
 * @param name what configuration calls it
 * @param type the type of its provider
 * @param settings its settings, relative to the instance
 */
public record PluginInstance(String name, String type, Settings settings) {}
