package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.EventLog;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class HostLoggingTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final EventLog log = EventLog.of(HostLoggingTest.class);
  private final HostLogging json =
      HostLogging.install(LogFormat.JSON, System.Logger.Level.INFO, out);

  @AfterEach
  void giveBack() {
    json.close();
  }

  @Nested
  class Json {
    @Test
    void oneObjectALineWithTheFieldsOfTheEvent() {
      log.info(
          "stream_completed",
          "a stream has ended",
          "machine_id",
          "rack-7",
          "batches",
          12,
          "share",
          0.5,
          "clean",
          true,
          "took",
          Duration.ofSeconds(3),
          "nothing",
          "NaN " + Double.NaN);

      var line = onlyLine();
      assertThat(line)
          .containsEntry("level", "info")
          .containsEntry("logger", HostLoggingTest.class.getName())
          .containsEntry("event", "stream_completed")
          .containsEntry("message", "a stream has ended")
          .containsEntry("machine_id", "rack-7")
          .containsEntry("batches", 12L)
          .containsEntry("share", 0.5)
          .containsEntry("clean", true)
          .containsEntry("took", "PT3S");
      assertThat(line.keySet()).startsWith("timestamp", "level", "logger", "event", "message");
      assertThat(String.valueOf(line.get("timestamp")))
          .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void aThrowableKeepsTheEventAndItsFields() {
      log.error(
          "redis_update_failed", "not written", new IllegalStateException("no route"), "tries", 3);

      assertThat(onlyLine())
          .containsEntry("level", "error")
          .containsEntry("event", "redis_update_failed")
          .containsEntry("tries", 3L)
          .containsEntry("error", "java.lang.IllegalStateException: no route")
          .hasEntrySatisfying(
              "stack",
              stack -> assertThat(stack.toString()).contains("at ").contains("HostLoggingTest"));
    }

    @Test
    @DisplayName("row 18: newline, ANSI and ${jndi:} stay inside one JSON string")
    void hostileTextStaysInsideItsString() {
      var hostile = "a\nb\r\u001b[31m \"}{\" \u2028 ${jndi:ldap://x} \u202e\ud83d";
      log.info("event", hostile, "field", hostile, hostile, 1L);

      assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
      assertThat(out.toString(StandardCharsets.UTF_8)).matches("[ -~]+\n");
      var whole = hostile.replace('\ud83d', '\ufffd');
      assertThat(onlyLine()).containsEntry("field", whole).containsEntry("message", whole);
    }

    @Test
    @DisplayName("row 18: fields have at most 256 characters")
    void textsAreBounded() {
      log.error("event", "m".repeat(10_000), deep(500), "field", "\ud83d\ude00".repeat(200));

      var line = onlyLine();
      assertThat(text(line, "field")).hasSize(255).endsWith("…");
      assertThat(text(line, "message")).hasSize(LogEvent.MAX_MESSAGE);
      assertThat(text(line, "stack")).hasSize(LogEvent.MAX_STACK);
    }

    @Test
    @DisplayName("row 18: a million bad messages make less than 10 MB of log")
    void aFloodIsCutShort() {
      var payload = "\n\u001b[31m${jndi:ldap://x}".repeat(1_000);
      var cause = deep(500);
      for (int i = 0; i < 1_000_000; i++) {
        switch (i % 4) {
          case 0 -> log.warn("bad_message", "refused: " + i, cause, "text", payload);
          case 1 -> log.error("bad_batch", "failed: " + i, cause, "text", payload);
          case 2 -> log.info("stream_opened", "opened: " + i, "peer", payload);
          default ->
              Logger.getLogger("io.grpc.Noisy").log(java.util.logging.Level.SEVERE, payload, cause);
        }
      }

      assertThat(out.size()).isPositive().isLessThan(10_000_000);
      assertThat(out.toString(StandardCharsets.UTF_8).lines())
          .hasSizeLessThan(1_000)
          .allMatch(line -> line.startsWith("{\"timestamp\"") && line.endsWith("}"));
    }

    @Test
    @DisplayName("row 18: fields cannot take the place of the fixed ones")
    void fieldsCannotTakeThePlaceOfTheFixedOnes() {
      log.info("event", "message", "level", "forged", "event", "forged");

      assertThat(onlyLine())
          .containsEntry("level", "info")
          .containsEntry("level_", "forged")
          .containsEntry("event_", "forged");
    }

    @Test
    void anObjectThatCannotBePrintedDoesNotCostTheLine() {
      log.info(
          "event",
          "message",
          "field",
          new Object() {
            @Override
            public String toString() {
              throw new IllegalStateException("no");
            }
          });

      assertThat(onlyLine()).containsEntry("field", "(unreadable: IllegalStateException)");
    }

    @Test
    void recordsOfLibrariesAreOfTheEventLog() {
      Logger.getLogger("org.example").log(java.util.logging.Level.INFO, "hello {0}", "you");

      assertThat(onlyLine())
          .containsEntry("event", "log")
          .containsEntry("logger", "org.example")
          .containsEntry("message", "hello you");
    }

    @Test
    void talkativeLibrariesAreHeardFromWarningOn() {
      Logger.getLogger("io.grpc.internal.X").info("chatter");
      Logger.getLogger("io.helidon.webserver").info("chatter");
      Logger.getLogger("org.sqlite.Y").info("chatter");
      Logger.getLogger("io.grpc.internal.X").warning("trouble");

      assertThat(onlyLine()).containsEntry("message", "trouble").containsEntry("level", "warning");
    }

    @Test
    void lessThanTheLevelIsNotLogged() {
      log.debug("event", "not seen");

      assertThat(out.size()).isZero();
    }

    @Test
    void anExceptionThatEndsAThreadIsLogged() throws InterruptedException {
      var thread =
          Thread.ofPlatform()
              .name("worker")
              .start(
                  () -> {
                    throw new IllegalStateException("bug");
                  });
      thread.join();

      assertThat(onlyLine())
          .containsEntry("event", "uncaught_exception")
          .containsEntry("thread", "worker");
    }
  }

  @Nested
  class Text {
    @Test
    void isForPeople() {
      var text = new ByteArrayOutputStream();
      try (var logging = HostLogging.install(LogFormat.TEXT, System.Logger.Level.INFO, text)) {
        assertThat(logging).isNotNull();
        log.warn(
            "disk_full",
            "two\nlines \u001b[31m",
            new IllegalStateException("cause"),
            "machine_id",
            "rack\n7");
      }

      var lines = text.toString(StandardCharsets.UTF_8).lines().toList();
      assertThat(lines.get(0)).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARNING two");
      assertThat(lines.get(1)).isEqualTo("    lines ?[31m  machine_id=rack?7");
      assertThat(lines.get(2)).isEqualTo("    java.lang.IllegalStateException: cause");
      assertThat(lines.get(3)).startsWith("      at ");
    }
  }

  @Test
  void closingGivesBackWhatWasThere() {
    json.close();
    Logger.getLogger("org.example").warning("elsewhere");

    assertThat(out.size()).isZero();
  }

  private static String text(Map<String, Object> line, String field) {
    return String.valueOf(line.get(field));
  }

  private static Exception deep(int frames) {
    return frames == 0 ? new IllegalStateException("deep") : deeper(frames);
  }

  private static Exception deeper(int frames) {
    return deep(frames - 1);
  }

  private Map<String, Object> onlyLine() {
    var lines = List.copyOf(out.toString(StandardCharsets.UTF_8).lines().toList());
    assertThat(lines).hasSize(1);
    var fields = new LinkedHashMap<String, Object>();
    try (var parser = new JsonFactory().createParser(ObjectReadContext.empty(), lines.getFirst())) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var name = parser.currentName();
        fields.put(
            name,
            switch (parser.nextToken()) {
              case VALUE_NUMBER_INT -> parser.getLongValue();
              case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
              case VALUE_TRUE -> true;
              case VALUE_FALSE -> false;
              default -> parser.getString();
            });
      }
      assertThat(parser.nextToken()).isNull();
    }
    return fields;
  }
}
