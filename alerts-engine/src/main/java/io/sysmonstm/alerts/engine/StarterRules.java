package io.sysmonstm.alerts.engine;

import io.sysmonstm.alerts.engine.internal.YamlRules;
import io.sysmonstm.api.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bundled rules, which watch what goes wrong on any machine; in force where no rules file is
 * configured.
 */
public final class StarterRules {
  private static final String RESOURCE = "starter-rules.yaml";

  private StarterRules() {}

  /** {@return the bundled rules, with origin FILE} */
  public static List<Rule> rules() {
    try (var in = StarterRules.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the jar");
      }
      return YamlRules.parse(RESOURCE, ByteBuffer.wrap(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the bundled rules as a source, which never changes} */
  public static RuleSource source() {
    return RuleSource.of(rules());
  }
}
