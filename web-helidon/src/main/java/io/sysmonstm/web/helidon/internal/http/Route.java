package io.sysmonstm.web.helidon.internal.http;

import java.util.Set;
import java.util.function.Function;

/**
 * A call of the API.
 *
 * @param right who may call it
 * @param method the method
 * @param pattern the path, with variables in braces that stand for one segment each
 * @param parameters the query parameters it knows; one that ends in {@code *} stands for all that
 *     begin so
 * @param handler answers it
 * @param gated whether it is found out first who calls; without, the caller is a stranger
 */
public record Route(
    Right right,
    String method,
    String pattern,
    Set<String> parameters,
    Function<Call, Answer> handler,
    boolean gated) {
  /**
   * Creates a call whose caller is found out first.
   *
   * @param right who may call it
   * @param method the method
   * @param pattern the path, with variables in braces that stand for one segment each
   * @param parameters the query parameters it knows; one that ends in {@code *} stands for all that
   *     begin so
   * @param handler answers it
   */
  public Route(
      Right right,
      String method,
      String pattern,
      Set<String> parameters,
      Function<Call, Answer> handler) {
    this(right, method, pattern, parameters, handler, true);
  }

  /**
   * {@return a call without query parameters}
   *
   * @param right who may call it
   * @param method the method
   * @param pattern the path, with variables in braces
   * @param handler answers it
   */
  public static Route of(
      Right right, String method, String pattern, Function<Call, Answer> handler) {
    return new Route(right, method, pattern, Set.of(), handler);
  }

  /**
   * {@return a call for everybody that depends on nothing outside the process, not even on who
   * calls}
   *
   * @param pattern the path
   * @param handler answers it
   */
  static Route ungated(String pattern, Function<Call, Answer> handler) {
    return new Route(Right.NONE, "GET", pattern, Set.of(), handler, false);
  }
}
