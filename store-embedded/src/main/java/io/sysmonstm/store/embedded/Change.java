package io.sysmonstm.store.embedded;

import java.util.ArrayList;
import java.util.Optional;

/** What the audit says of a change: what was, and what is. */
final class Change {
  private Change() {}

  /** Returns an object with {@code old} and {@code new}, both JSON, each where there is one. */
  static String of(Optional<String> before, Optional<String> after) {
    var members = new ArrayList<String>();
    before.ifPresent(json -> members.add("\"old\":" + json));
    after.ifPresent(json -> members.add("\"new\":" + json));
    return "{" + String.join(",", members) + "}";
  }
}
