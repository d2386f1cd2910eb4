package io.sysmonstm.distributions;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A drop-in with stores and a bus of type {@code away}: shared by their nature, and never there.
 */
final class ServersThatAreDown {
  private static final List<String> MADE =
      List.of("CurrentStore", "HistoryStore", "AlertStore", "EventBus");

  private ServersThatAreDown() {}

  /** Builds it into a directory of plugins. */
  static void build(Path plugins, Path work) {
    var sources = new TreeMap<String, String>();
    sources.put(
        "module-info.java",
        """
        module com.example.away {
          requires io.sysmonstm.spi;
        %s}
        """
            .formatted(
                MADE.stream()
                    .map(
                        spi ->
                            "  provides io.sysmonstm.spi.%1$sProvider with com.example.away.Away%1$s;%n"
                                .formatted(spi))
                    .collect(Collectors.joining())));
    sources.put(
        "com/example/away/Away.java",
        """
        package com.example.away;
        import io.sysmonstm.api.StoreUnavailableException;
        import io.sysmonstm.spi.*;
        import java.lang.reflect.Proxy;
        final class Away {
          static <T> T of(Class<T> type) {
            return type.cast(
                Proxy.newProxyInstance(
                    Away.class.getClassLoader(),
                    new Class<?>[] {type},
                    (self, method, arguments) ->
                        switch (method.getName()) {
                          case "health" -> Health.failing("no connection");
                          case "guarantee" -> EventBus.Guarantee.AT_MOST_ONCE;
                          case "subscribe", "share" -> (EventSubscriber.Subscription) () -> {};
                          case "publish", "close" -> null;
                          case "hashCode" -> System.identityHashCode(self);
                          case "equals" -> self == arguments[0];
                          case "toString" -> "away";
                          default -> throw new StoreUnavailableException("no connection", null);
                        }));
          }
        }
        """);
    for (var spi : MADE) {
      sources.put(
          "com/example/away/Away" + spi + ".java",
          """
          package com.example.away;
          import io.sysmonstm.spi.*;
          import java.util.List;
          public final class Away%1$s implements %1$sProvider {
            public String type() { return "away"; }
            public List<Setting<?>> settings() { return List.of(); }
            public %1$s create(Settings settings, ProviderContext context) {
              return Away.of(%1$s.class);
            }
          }
          """
              .formatted(spi));
    }
    DropIn.build(plugins.resolve("away/away.jar"), work, sources);
  }
}
