package io.sysmonstm.distributions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Whether a page keeps the rules of WCAG 2 A and AA that a machine can check, contrast included.
 */
final class Accessibility {
  private static final String AXE = script();

  /** One line per rule and element: enough to find what is wrong without a browser. */
  private static final String RUN =
      """
      async () => {
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
        const results = await axe.run(document, {
          runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']
        });
        return results.violations.flatMap((rule) => rule.nodes.map((node) =>
          `${rule.id} (${rule.help}): ${node.target.join(' ')}: ${node.failureSummary}`
            .replaceAll(/\\s+/g, ' ').slice(0, 400)));
      }
      """;

  private Accessibility() {}

  /**
   * Checks a page as it is now, and fails with every violation.
   *
   * @param page one whose content is there
   * @param description what the page shows, for the failure
   */
  static void check(Page page, String description) {
    // A colour on its way to another has the contrast of neither. Not waited for: where nothing is
    // painted, nothing ever ends.
    page.evaluate(
        "document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity).forEach((a) => a.finish())");
    if (!Boolean.TRUE.equals(page.evaluate("typeof axe === 'object'"))) {
      page.evaluate(AXE);
    }
    var violations = (List<?>) page.evaluate(RUN);
    assertThat(violations.stream().map(String::valueOf).toList()).as(description).isEmpty();
  }

  private static String script() {
    try (var in = Accessibility.class.getResourceAsStream("/axe.min.js")) {
      if (in == null) {
        throw new IllegalStateException("axe.min.js is not on the class path");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
