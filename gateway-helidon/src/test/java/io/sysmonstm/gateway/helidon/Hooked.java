package io.sysmonstm.gateway.helidon;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A part in which something happens around certain calls, as if another process were faster. */
final class Hooked<T> {
  final T part;
  private final ConcurrentHashMap<String, Runnable> before = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Runnable> after = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, AtomicInteger> calls = new ConcurrentHashMap<>();

  Hooked(Class<T> type, T behind) {
    part =
        type.cast(
            Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> {
                  var name = method.getName();
                  calls.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
                  before.getOrDefault(name, () -> {}).run();
                  try {
                    var answer = method.invoke(behind, arguments);
                    after.getOrDefault(name, () -> {}).run();
                    return answer;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }));
  }

  /** Does something before each call of a method. */
  void before(String method, Runnable hook) {
    before.put(method, hook);
  }

  /** Does something once, after a call of a method has its answer. */
  void afterNext(String method, Runnable hook) {
    after.put(
        method,
        () -> {
          after.remove(method);
          hook.run();
        });
  }

  /** How often a method was called. */
  int calls(String method) {
    return calls.getOrDefault(method, new AtomicInteger()).get();
  }
}
