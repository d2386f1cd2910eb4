package io.sysmonstm.gateway.helidon.internal.http;

import io.sysmonstm.api.Actor;
import io.sysmonstm.web.helidon.internal.http.Call;
import io.sysmonstm.web.helidon.internal.http.Caller;
import io.sysmonstm.web.helidon.internal.http.Parameters;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Who does something: who is logged in, or else who the parameter {@code by} says. */
final class Person {
  static final String PARAMETER = "by";
  static final Set<String> PARAMETERS = Set.of(PARAMETER);
  static final String EXPECTED = "a name of 1 to 64 characters";
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,64}");

  private Person() {}

  /** {@return the name that a call gives, or the one of somebody, and where it comes from} */
  static Actor of(Call call) {
    var parameters = new Parameters(call.query());
    var name = parameters.one(PARAMETER, EXPECTED, Person::name);
    parameters.check();
    return actor(call, name);
  }

  /** {@return who does something: who they have proved to be, or else who they say they are} */
  static Actor actor(Call call, Optional<String> said) {
    var caller = call.caller();
    return caller.isKnown()
        ? caller.actor()
        : new Actor(said.orElse(Caller.SOMEBODY), caller.address());
  }

  /** {@return a text that can be a name} */
  static Optional<String> name(String text) {
    return Optional.of(text).filter(name -> NAME.matcher(name).matches());
  }
}
