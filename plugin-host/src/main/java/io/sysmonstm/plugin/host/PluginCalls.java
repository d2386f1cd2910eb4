package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.Provider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls into drop-in plugins with the plugin's own class loader as the context loader, which many
 * libraries find their parts by. Bundled plugins are loaded by the application's loader and need
 * none of this.
 */
final class PluginCalls {
  private PluginCalls() {}

  static <T> T with(ClassLoader loader, Supplier<T> call) {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return call.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** A plugin, or a list of plugins, behind the SPI interfaces that it implements. */
  static Object isolated(Object plugin, ClassLoader loader) {
    if (plugin instanceof List<?> several) {
      return several.stream().map(one -> isolated(one, loader)).toList();
    }
    var contracts = new LinkedHashSet<Class<?>>();
    collectContracts(plugin.getClass(), contracts);
    return contracts.isEmpty()
        ? plugin
        : Proxy.newProxyInstance(
            Provider.class.getClassLoader(),
            contracts.toArray(Class<?>[]::new),
            (proxy, method, arguments) -> call(plugin, loader, proxy, method, arguments));
  }

  @SuppressWarnings("ReferenceEquality") // Two proxies are equal where they are the same.
  private static @Nullable Object call(
      Object plugin, ClassLoader loader, Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("equals") && arguments != null && arguments.length == 1) {
      return proxy == arguments[0];
    }
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return method.invoke(plugin, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void collectContracts(Class<?> type, Set<Class<?>> contracts) {
    var pending = new ArrayList<Class<?>>(List.of(type));
    while (!pending.isEmpty()) {
      var next = pending.removeLast();
      if (next.isInterface() && next.getPackageName().equals(Provider.class.getPackageName())) {
        contracts.add(next);
      }
      pending.addAll(List.of(next.getInterfaces()));
      if (next.getSuperclass() != null) {
        pending.add(next.getSuperclass());
      }
    }
  }
}
