package io.sysmonstm.web.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DashboardTest {
  private static final Path FILES =
      Path.of("src/main/resources/io/sysmonstm/web/helidon/dashboard");
  private static final Pattern IMPORT =
      Pattern.compile("^(?:import|export) [^']*'\\./([^']+)'", Pattern.MULTILINE);
  private static final Pattern PRELOAD =
      Pattern.compile("rel=\"modulepreload\" href=\"js/([^\"]+)\"");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:https?:|wss?:)?//[a-z0-9]+\\.[^\\s'\"]+");
  private static final String SVG_NAMESPACE = "http://www.w3.org/2000/svg";

  @Test
  void whatTheFirstPageImportsIsAskedForInOneGo() {
    var imported = new TreeSet<String>();
    collect("main.js", imported);
    imported.remove("main.js");
    var preloaded = new TreeSet<String>();
    PRELOAD.matcher(text("index.html")).results().forEach(link -> preloaded.add(link.group(1)));

    assertThat(preloaded).as("modulepreload links of index.html").isEqualTo(imported);
  }

  @Test
  void nothingComesFromTheInternet() throws IOException {
    var found = new TreeMap<String, String>();
    try (var files = Files.walk(FILES)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text = Files.readString(file, UTF_8).replace(SVG_NAMESPACE, "");
        ADDRESS.matcher(text).results().forEach(url -> found.put(file.toString(), url.group()));
      }
    }

    assertThat(found).isEmpty();
  }

  private static void collect(String module, Set<String> found) {
    if (found.add(module)) {
      IMPORT.matcher(text("js/" + module)).results().forEach(one -> collect(one.group(1), found));
    }
  }

  private static String text(String file) {
    try (var in = Dashboard.open(file)) {
      assertThat(in).as(file).isNotNull();
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
