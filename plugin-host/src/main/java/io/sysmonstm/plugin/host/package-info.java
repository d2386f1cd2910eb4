/**
 * Puts parts together to a process. {@link io.sysmonstm.plugin.host.ConfigurationSources} and
 * {@link io.sysmonstm.plugin.host.Configuration} read the settings, {@link
 * io.sysmonstm.plugin.host.ProviderRegistry} finds and makes plugins, {@link
 * io.sysmonstm.plugin.host.Host} runs a role until it is told to stop.
 */
package io.sysmonstm.plugin.host;
