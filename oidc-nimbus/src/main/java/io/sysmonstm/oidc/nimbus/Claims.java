package io.sysmonstm.oidc.nimbus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a provider says of a person. Immutable. */
final class Claims {
  private static final String EMAIL = "email";
  private static final String VERIFIED = "email_verified";

  private final Map<String, @Nullable Object> claims;

  Claims(Map<String, ? extends @Nullable Object> claims) {
    this.claims = new LinkedHashMap<>(claims);
  }

  /** {@return these, and of others what is not among these} */
  Claims or(Map<String, ? extends @Nullable Object> others) {
    var all = new LinkedHashMap<String, @Nullable Object>(others);
    all.putAll(claims);
    return new Claims(all);
  }

  /** {@return whether there is a claim} */
  boolean has(String path) {
    return find(path).isPresent();
  }

  /** {@return a claim that is a text} */
  Optional<String> text(String name) {
    return find(name).filter(String.class::isInstance).map(String.class::cast);
  }

  /**
   * {@return the values of a claim that is one value or a list of them} An address that the
   * provider has not verified is no value: anybody could have typed it.
   */
  List<String> values(String path) {
    if (path.equals(EMAIL) && !find(VERIFIED).map(Object::toString).equals(Optional.of("true"))) {
      return List.of();
    }
    return find(path).stream()
        .flatMap(value -> value instanceof List<?> list ? list.stream() : Stream.of(value))
        .filter(value -> value instanceof String || value instanceof Number)
        .map(Object::toString)
        .toList();
  }

  // Names may have dots themselves, those with a name space above all.
  private Optional<Object> find(String path) {
    var whole = claims.get(path);
    if (whole != null) {
      return Optional.of(whole);
    }
    @Nullable Object node = claims;
    for (var step : path.split("\\.", -1)) {
      node = node instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return Optional.ofNullable(node);
  }
}
