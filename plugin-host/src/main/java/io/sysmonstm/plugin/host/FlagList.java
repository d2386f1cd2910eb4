package io.sysmonstm.plugin.host;

import io.sysmonstm.api.Names;
import io.sysmonstm.plugin.host.Given.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * Command-line flags: {@code --name value}, {@code --name=value}, and {@code --name} alone, which
 * is true. A value that begins with two dashes needs the equals sign.
 */
final class FlagList {
  /**
   * One flag.
   *
   * @param name without dashes, as written
   * @param value with the source of the flag
   */
  record Flag(String name, Given value) {}

  private final List<Flag> flags = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private FlagList() {}

  static FlagList parse(List<String> arguments) {
    var list = new FlagList();
    for (int i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      if (!argument.startsWith("--") || argument.length() == 2) {
        list.problems.add(
            "argument '%s' is not expected: a flag is --name value or --name=value"
                .formatted(Names.shown(argument)));
        continue;
      }
      boolean valueFollows = i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--");
      int equals = argument.indexOf('=');
      if (equals > 0) {
        list.add(argument.substring(2, equals), argument.substring(equals + 1), Form.TEXT);
      } else if (valueFollows) {
        list.add(argument.substring(2), arguments.get(++i), Form.TEXT);
      } else {
        list.add(argument.substring(2), "true", Form.BARE);
      }
    }
    return list;
  }

  List<Flag> flags() {
    return flags;
  }

  List<String> problems() {
    return problems;
  }

  private void add(String name, String value, Form form) {
    flags.add(new Flag(name, new Given(value, form, "flag --" + Names.shown(name))));
  }
}
