package io.sysmonstm.web.helidon.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesTest {
  private static final byte[] NOTHING = {};

  private final List<String> opened = new ArrayList<>();
  private final StaticFiles files =
      new StaticFiles(
          name -> {
            opened.add(name);
            return name.contains("missing")
                ? null
                : new ByteArrayInputStream(("content of " + name).getBytes(UTF_8));
          });

  private Optional<Answer> find(String path, Map<String, String> headers) {
    return files.find(call(path, headers));
  }

  private static Call call(String path, Map<String, String> headers) {
    return new Call(
        "GET",
        path,
        "",
        Map.of(),
        new Visitor(
            "GET", name -> Optional.ofNullable(headers.get(name)), "127.0.0.1", false, false),
        Caller.stranger("127.0.0.1"),
        () -> NOTHING);
  }

  @ParameterizedTest
  @CsvSource({
    "/,index.html,text/html; charset=utf-8",
    "/js/main.js,js/main.js,text/javascript; charset=utf-8",
    "/css/base.css,css/base.css,text/css; charset=utf-8",
    "/favicon.svg,favicon.svg,image/svg+xml"
  })
  void aFileHasItsTypeAndATag(String path, String name, String type) {
    var answer = find(path, Map.of()).orElseThrow();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).asString(UTF_8).isEqualTo("content of " + name);
    assertThat(answer.headers())
        .containsEntry("Content-Type", type)
        .containsEntry("Cache-Control", "no-cache")
        .hasEntrySatisfying("ETag", tag -> assertThat(tag).matches("\"[0-9a-f]{24}\""));
  }

  @Test
  void aFileIsReadOnce() {
    find("/js/main.js", Map.of());
    find("/js/main.js", Map.of());

    assertThat(opened).containsExactly("js/main.js");
  }

  @Test
  void whatTheBrowserHasIsNotSentAgain() {
    var tag = find("/js/main.js", Map.of()).orElseThrow().headers().get("ETag");

    var answer = find("/js/main.js", Map.of("If-None-Match", "\"other\", W/" + tag)).orElseThrow();

    assertThat(answer.status()).isEqualTo(304);
    assertThat(answer.body()).isEmpty();
    assertThat(find("/js/main.js", Map.of("If-None-Match", "\"other\"")).orElseThrow().status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/missing.js",
        "/Gateway.class",
        "/js/",
        "/js",
        "/../secret.js",
        "/js/../../secret.js",
        "/.hidden.js",
        "/js//main.js",
        "/js/%2e%2e/main.js",
        "/js\\main.js",
        "js/main.js",
        ""
      })
  void anythingElseIsNotFound(String path) {
    assertThat(find(path, Map.of())).isEmpty();
  }

  @Test
  void aPathOfThousandsOfSegmentsIsNotFoundEither() {
    assertThat(find("/a".repeat(8_000) + "/b.js", Map.of())).isEmpty();
    assertThat(find("/" + "a".repeat(16_000) + ".js", Map.of())).isEmpty();
    assertThat(find("/" + "a/".repeat(100) + "b.js", Map.of())).isPresent();
  }

  @Test
  void aLargeTextIsCompressedForWhoAcceptsThat() throws Exception {
    var text = "const a = 1;\n".repeat(200);
    var large = new StaticFiles(name -> new ByteArrayInputStream(text.getBytes(UTF_8)));
    var accepting = Map.of("Accept-Encoding", "br, gzip");
    var answer = large.find(call("/js/main.js", accepting)).orElseThrow();

    assertThat(answer.headers())
        .containsEntry("Content-Encoding", "gzip")
        .containsEntry("Vary", "Accept-Encoding");
    assertThat(answer.body()).hasSizeLessThan(text.length() / 4);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes())
        .asString(UTF_8)
        .isEqualTo(text);
    var plain = large.find(call("/js/main.js", Map.of())).orElseThrow();
    assertThat(plain.body()).asString(UTF_8).isEqualTo(text);
    assertThat(plain.headers().get("ETag")).isNotEqualTo(answer.headers().get("ETag"));
    var again = Map.of("Accept-Encoding", "gzip", "If-None-Match", answer.headers().get("ETag"));
    assertThat(large.find(call("/js/main.js", again)).orElseThrow().status()).isEqualTo(304);
  }
}
