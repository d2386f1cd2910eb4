package io.sysmonstm.notifier.webhook;

import io.sysmonstm.json.Json;
import io.sysmonstm.json.ValueWriter;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.NoticeText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** The forms of services that many use. None lets the text of an alert mention or link anybody. */
enum Preset {
  JSON,
  SLACK,
  DISCORD,
  NTFY,
  TELEGRAM;

  private static final int SLACK_TEXT = 3_500;
  private static final int DISCORD_TEXT = 1_900;
  private static final int NTFY_TEXT = 3_000;
  private static final int TELEGRAM_TEXT = 4_000;

  static Optional<Preset> of(String name) {
    return Stream.of(values()).filter(preset -> preset.text().equals(name)).findFirst();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the form.
   *
   * @param chat the chat or topic that messages go to, where the service wants it in the body
   */
  MessageForm form(String chat) {
    return switch (this) {
      case JSON -> notice -> Message.json(Json.object(json -> write(json, notice)));
      case SLACK -> notice -> message(Map.of("text", escaped(titled(notice, SLACK_TEXT))));
      case DISCORD ->
          notice ->
              message(
                  Map.of(
                      "content",
                      titled(notice, DISCORD_TEXT),
                      "allowed_mentions",
                      Map.of("parse", List.of())));
      case NTFY -> notice -> message(ntfy(notice, chat));
      case TELEGRAM ->
          notice ->
              message(
                  Map.of(
                      "chat_id",
                      chat,
                      "text",
                      titled(notice, TELEGRAM_TEXT),
                      "link_preview_options",
                      Map.of("is_disabled", true)));
    };
  }

  private static Map<String, Object> ntfy(Notice notice, String topic) {
    int priority =
        notice.isResolved()
            ? 2
            : switch (notice.severity()) {
              case INFO -> 3;
              case WARNING -> 4;
              case CRITICAL -> 5;
            };
    return Map.of(
        "topic",
        topic,
        "title",
        NoticeText.cut(NoticeText.title(notice), 200),
        "message",
        NoticeText.body(notice, NTFY_TEXT),
        "priority",
        priority,
        "tags",
        List.of(notice.isResolved() ? "white_check_mark" : "rotating_light"));
  }

  private static String titled(Notice notice, int most) {
    var title = NoticeText.cut(NoticeText.title(notice), 200);
    return title + "\n" + NoticeText.body(notice, most - title.length() - 1);
  }

  /** Slack takes these for the begin of a link, a mention or an entity. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static Message message(Map<String, ?> keys) {
    return Message.json(Json.bytes(json -> Json.value(json, keys)));
  }

  private static void write(JsonGenerator json, Notice notice) {
    ValueWriter.text(json, "key", notice.key());
    ValueWriter.text(json, "status", notice.isResolved() ? "resolved" : "firing");
    ValueWriter.text(json, "severity", notice.severity().text());
    ValueWriter.text(json, "title", NoticeText.title(notice));
    json.writeNumberProperty("more", notice.more());
    json.writeArrayPropertyStart("items");
    for (var item : notice.items()) {
      json.writeStartObject();
      ValueWriter.text(json, "kind", item.kind().name().toLowerCase(Locale.ROOT));
      ValueWriter.text(json, "culprit", NoticeText.culprit(item.alert()));
      json.writeName("alert");
      ValueWriter.alert(json, item.alert());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
