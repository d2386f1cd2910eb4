package io.sysmonstm.web.helidon.internal.http;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.SysmonstmException;
import io.sysmonstm.spi.EventLog;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the route of a call and answers every call, whatever goes wrong. Thread-safe. */
public final class Router {
  private static final EventLog LOG = EventLog.of(Router.class);

  private record Entry(Route route, PathPattern path) {}

  private final Gate gate;
  private final List<Entry> entries;
  private final StaticFiles files;
  private final String hint;

  /**
   * Creates a router.
   *
   * @param gate lets calls through
   * @param routes the calls of the API
   * @param files what is served under any other path
   * @param hint tells who asks for anything else where to look
   */
  public Router(Gate gate, List<Route> routes, StaticFiles files, String hint) {
    this.gate = gate;
    this.entries =
        routes.stream().map(route -> new Entry(route, PathPattern.of(route.pattern()))).toList();
    this.files = files;
    this.hint = hint;
  }

  /**
   * {@return the answer to a call}
   *
   * @param call any call, hostile ones too
   */
  public Answer answer(Call call) {
    try {
      return find(call);
    } catch (SysmonstmException e) {
      if (e.code() == ErrorCode.INTERNAL) {
        LOG.error("request_failed", "a request failed", e, "path", Names.shown(call.path()));
      }
      return Problem.of(e);
    }
  }

  /**
   * {@return the answer to a call that failed for no reason a client could mend}
   *
   * @param call the call
   * @param cause why; logged, and not told
   */
  public Answer failed(Call call, RuntimeException cause) {
    LOG.error("request_failed", "a request failed", cause, "path", Names.shown(call.path()));
    return Problem.of(500, ErrorCode.INTERNAL, "the server failed; its log has the reason");
  }

  private Answer find(Call call) {
    var segments = Paths.segments(call.path());
    // HEAD is GET without the body, which the server leaves out.
    var method = call.method().equals("HEAD") ? "GET" : call.method();
    var allowed = new TreeSet<String>();
    for (var entry : entries) {
      var route = entry.route;
      var variables = entry.path.match(segments);
      if (variables.isPresent() && route.method().equals(method)) {
        var caller = route.gated() ? gate.admit(call.visitor(), route.right()) : call.caller();
        Parameters.refuseUnknown(call.query(), route.parameters());
        return route.handler().apply(call.withVariables(variables.get()).withCaller(caller));
      }
      variables.ifPresent(match -> allowed.add(route.method()));
    }
    if (allowed.isEmpty()) {
      var file = files.find(call);
      if (file.isPresent() && method.equals("GET")) {
        return file.get();
      }
      file.ifPresent(found -> allowed.add("GET"));
    }
    return allowed.isEmpty() ? notFound(call) : notAllowed(call, allowed);
  }

  private Answer notFound(Call call) {
    return Problem.of(
        404,
        ErrorCode.NOT_FOUND,
        "there is nothing at '%s': %s".formatted(Names.shown(call.path()), hint));
  }

  private static Answer notAllowed(Call call, Set<String> allowed) {
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    var list = String.join(", ", allowed);
    return Problem.of(
            405,
            ErrorCode.INVALID_ARGUMENT,
            "method %s is not known here: expected %s".formatted(Names.shown(call.method()), list))
        .with("Allow", list);
  }
}
