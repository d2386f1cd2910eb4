package io.sysmonstm.notifier.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageFormTest {
  private static final String HOSTILE = "\",\"x\":\"<!channel> & @everyone {{key}} \n\u0000\ud800";

  @ParameterizedTest
  @DisplayName("row 19: no text of an alert changes the form of a message")
  @EnumSource(Preset.class)
  void presetsStayWellFormedWhateverAnAlertSays(Preset preset) {
    var message = preset.form("chat").write(Notices.of(HOSTILE, Kind.FIRED));

    assertThat(read(message)).doesNotContainKey("x");
  }

  @ParameterizedTest
  @EnumSource(
      value = Preset.class,
      names = {"SLACK", "DISCORD", "NTFY", "TELEGRAM"})
  void presetsOfServicesKeepToTheirLimitAndSayHowManyAreLeftOut(Preset preset) {
    var items =
        IntStream.range(0, 500)
            .mapToObj(i -> new Notice.Item(Notices.alert("alert " + i, Kind.FIRED), Kind.FIRED))
            .toList();
    var message = preset.form("chat").write(new Notice("k", items, 7));
    var text = read(message).values().stream().map(String::valueOf).toList().toString();

    assertThat(text.length()).isLessThan(4_200);
    assertThat(text).contains("alert 0").containsPattern("and [0-9]+ more");
  }

  @Test
  void slackCannotBeMadeToMentionAnybody() {
    var text = read(Preset.SLACK.form("").write(Notices.of(HOSTILE, Kind.FIRED))).get("text");

    assertThat(String.valueOf(text)).contains("&lt;!channel&gt; &amp;").doesNotContain("<!");
  }

  @Test
  void discordCannotBeMadeToMentionAnybody() {
    assertThat(read(Preset.DISCORD.form("").write(Notices.of(HOSTILE, Kind.FIRED))))
        .containsEntry("allowed_mentions", Map.of("parse", List.of()));
  }

  @Test
  void ntfyGetsTopicAndUrgency() {
    assertThat(read(Preset.NTFY.form("ops").write(Notices.of("full", Kind.FIRED))))
        .containsEntry("topic", "ops")
        .containsEntry("title", "[FIRING critical] disk-filling: m1")
        .hasEntrySatisfying("priority", value -> assertThat(value).hasToString("5"));
    assertThat(read(Preset.NTFY.form("ops").write(Notices.of("full", Kind.RESOLVED))))
        .hasEntrySatisfying("priority", value -> assertThat(value).hasToString("2"));
  }

  @Test
  void templatesAreGivenEscapedTextsHoweverTheyNameThem() {
    var form =
        TemplateForm.of(
            "application/json",
            "{\"a\": \"{{#items}}{{message}}{{/items}}\", \"b\": \"{{#items}}{{{message}}}{{&message}}{{/items}}\"}");

    assertThat(read(form.write(Notices.of(HOSTILE, Kind.FIRED)))).containsOnlyKeys("a", "b");
  }

  @Test
  void templatesKnowLabelsThatAnAlertLacks() {
    var form =
        TemplateForm.of("text/plain", "{{#items}}{{labels.mount}}|{{labels.lacking}}|{{/items}}");

    assertThat(form.write(Notices.of("full", Kind.FIRED)).body()).isEqualTo("/||");
  }

  @Test
  void templatesOfFormsAreEncoded() {
    var form =
        TemplateForm.of(
            "application/x-www-form-urlencoded", "text={{#items}}{{message}}{{/items}}");

    assertThat(form.write(Notices.of("a&b=c ä", Kind.FIRED)).body())
        .isEqualTo("text=a%26b%3Dc+%C3%A4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{#items}}",
        "{\"a\": \"{{mesage}}\"}",
        "{\"a\": {{title}}}",
        "{\"a\": \"{{title.class}}\"}",
        "{\"a\": \"{{class.name}}\"}",
        "{\"a\": \"{{#items}}{{getClass}}{{/items}}\"}",
        "{\"a\": \"{{> /etc/passwd}}\"}"
      })
  void templatesThatCannotWorkAreRefused(String template) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> TemplateForm.of("application/json", template))
        .withMessageStartingWith("template ");
  }

  @Test
  void mediaTypesThatNobodyCanEscapeForAreRefused() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> TemplateForm.of("image/png", "x"))
        .withMessageContaining("content-type is image/png");
  }

  private static Map<String, Object> read(Message message) {
    return Parsed.map(message.body());
  }
}
