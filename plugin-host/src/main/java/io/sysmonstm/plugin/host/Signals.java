package io.sysmonstm.plugin.host;

import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Handles signals of the operating system, by reflection, since javac warns of {@code
 * sun.misc.Signal} whatever one says. A shutdown hook would not do: it runs beside the hooks of the
 * logging and of libraries, and cannot set the exit status.
 */
final class Signals {
  private Signals() {}

  /**
   * Calls the handler with the signal's name at each such signal, and returns whether that is
   * possible here.
   */
  @SuppressWarnings("ReferenceEquality") // Two proxies are equal where they are the same.
  static boolean handle(String signal, Consumer<String> handler) {
    try {
      var signalType = Class.forName("sun.misc.Signal");
      var handlerType = Class.forName("sun.misc.SignalHandler");
      var proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      handler.accept("SIG" + signal);
                      yield null;
                    }
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "handler of " + signal;
                  });
      signalType
          .getMethod("handle", signalType, handlerType)
          .invoke(null, signalType.getConstructor(String.class).newInstance(signal), proxy);
      return true;
    } catch (ReflectiveOperationException e) {
      // With -Xrs, or where another platform has no such signal: then the process ends without an
      // orderly stop.
      return false;
    }
  }
}
