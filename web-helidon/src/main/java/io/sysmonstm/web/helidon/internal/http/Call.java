package io.sysmonstm.web.helidon.internal.http;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One request, as the HTTP server hands it in. Confined to one thread.
 *
 * @param method the method
 * @param path the raw path
 * @param query the raw query, empty where there is none
 * @param variables what the variables of the route stand for
 * @param visitor what the request shows of who it is from
 * @param caller who it is from, once that is known
 * @param body reads the body; throws where it is too large
 */
public record Call(
    String method,
    String path,
    String query,
    Map<String, String> variables,
    Visitor visitor,
    Caller caller,
    Supplier<byte[]> body) {
  /**
   * {@return what a variable of the route stands for}
   *
   * @param name the name in the pattern
   */
  public String variable(String name) {
    var value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no variable " + name);
    }
    return value;
  }

  Call withVariables(Map<String, String> values) {
    return new Call(method, path, query, values, visitor, caller, body);
  }

  Call withCaller(Caller known) {
    return new Call(method, path, query, variables, visitor, known, body);
  }

  /** {@return the network address it comes from} */
  public String source() {
    return visitor.address();
  }

  /**
   * {@return the first value of a request header}
   *
   * @param name in any case
   */
  public Optional<String> header(String name) {
    return visitor.header().apply(name);
  }
}
