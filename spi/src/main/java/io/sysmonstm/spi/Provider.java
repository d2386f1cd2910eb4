package io.sysmonstm.spi;

import java.util.List;

/**
 * Makes one kind of plugin. Found by {@link java.util.ServiceLoader}, chosen by configuration
 * through its {@link #type}, never because it happens to be present. The no-argument constructor
 * does nothing and does not throw. All methods are called by the host from one thread, at start-up.
 *
 * @param <T> what it makes
 */
public interface Provider<T> {
  /**
   * {@return the name that configuration chooses it by: lower-case letters, digits and dashes,
   * unique per SPI}
   */
  String type();

  /**
   * {@return the settings it reads, so that the host knows the keys, masks the secrets and refuses
   * unknown ones}
   */
  List<Setting<?>> settings();

  /**
   * {@return whether it can work here, without opening anything}
   *
   * @param context what the host hands in
   */
  default Availability availability(ProviderContext context) {
    return Availability.available();
  }

  /**
   * Makes the plugin. May block for a few seconds, but does not wait for a server that is down:
   * such a plugin starts, reports its {@link Health}, and connects later.
   *
   * @param settings the values of {@link #settings}
   * @param context what the host hands in
   * @return the plugin, owned by the host, which closes it
   * @throws io.sysmonstm.api.ConfigException with all problems, where the settings do not fit
   *     together
   */
  T create(Settings settings, ProviderContext context);
}
