package io.sysmonstm.spi;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.TopProcess;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * The words of a notice, the same for all notifiers that send plain text. What machines and people
 * named is kept to its line: each control character becomes a blank. Stateless.
 */
public final class NoticeText {
  private static final String ELLIPSIS = "…";

  private NoticeText() {}

  /**
   * {@return one line that says what it is about, such as {@code [FIRING critical] disk-filling:
   * m1}}
   *
   * @param notice any notice
   */
  public static String title(Notice notice) {
    var first = notice.items().getFirst().alert();
    var state =
        notice.isResolved()
            ? "RESOLVED"
            : "FIRING " + notice.severity().name().toLowerCase(Locale.ROOT);
    long alerts =
        notice.items().stream().map(item -> item.alert().id()).distinct().count() + notice.more();
    var about =
        notice.rule().map(rule -> rule + ": ").orElse("")
            + (alerts == 1 ? first.machineId() : alerts + " alerts");
    return line("[%s] %s".formatted(state, about));
  }

  /**
   * {@return a line or two for each alert, and how many are left out}
   *
   * @param notice any notice
   * @param most how many characters it may have, 200 or more
   */
  public static String body(Notice notice, int most) {
    var text = new StringBuilder();
    int left = notice.items().size();
    for (var item : notice.items()) {
      int room = most - text.length() - more(left + notice.more()).length() - 1;
      var next = item(item);
      if (next.length() > room && !text.isEmpty()) {
        break;
      }
      text.append(cut(next, room)).append('\n');
      left--;
    }
    return text.append(more(left + notice.more())).toString().stripTrailing();
  }

  /**
   * {@return one line about one alert, and one about the process that is likely to blame}
   *
   * @param item any news
   */
  public static String item(Notice.Item item) {
    var alert = item.alert();
    var text =
        line(
            "%s %s %s on %s: %s"
                .formatted(
                    state(item),
                    alert.severity().text(),
                    alert.rule(),
                    alert.machineId(),
                    alert.message()));
    var culprit = culprit(alert);
    return culprit.isEmpty() || item.kind() == Notification.Kind.RESOLVED
        ? text
        : text + "\n  top process " + culprit;
  }

  /**
   * {@return what is told: {@code FIRING}, {@code STILL FIRING} or {@code RESOLVED}}
   *
   * @param item any news
   */
  public static String state(Notice.Item item) {
    return switch (item.kind()) {
      case FIRED -> "FIRING";
      case REPEATED -> "STILL FIRING";
      case RESOLVED -> "RESOLVED";
    };
  }

  /**
   * {@return the process that is likely to blame, such as {@code java (pid 7, 380 % CPU, 3072
   * MiB)}, empty where none is known}
   *
   * @param alert any alert
   */
  public static String culprit(Alert alert) {
    return alert.processes().stream().findFirst().map(NoticeText::described).orElse("");
  }

  private static String described(TopProcess process) {
    return line(
        "%s (pid %d, %.0f %% CPU, %d MiB)"
            .formatted(
                process.name(), process.pid(), process.cpuPercent(), process.rssBytes() >> 20));
  }

  /**
   * {@return the shortest form of a number: 90 and not 90.0, with three decimals at the most}
   *
   * @param value finite
   */
  public static String number(double value) {
    var rounded = BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.signum() == 0 ? "0" : rounded.toPlainString();
  }

  /**
   * {@return a text as one line, without characters that steer a terminal or begin a header}
   *
   * @param text any text
   */
  public static String line(String text) {
    var line = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
        .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(line::appendCodePoint);
    return line.toString().strip();
  }

  /**
   * {@return a text that is no longer than it may be, and ends in an ellipsis where it was cut}
   *
   * @param text any text
   * @param most how many characters it may have, 1 or more
   */
  public static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = most - ELLIPSIS.length();
    boolean splitsPair = end > 0 && Character.isHighSurrogate(text.charAt(end - 1));
    return text.substring(0, splitsPair ? end - 1 : end) + ELLIPSIS;
  }

  private static String more(int alerts) {
    return alerts == 0 ? "" : "and %d more".formatted(alerts);
  }
}
