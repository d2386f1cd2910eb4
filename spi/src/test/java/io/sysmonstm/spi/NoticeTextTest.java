package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.Severity;
import io.sysmonstm.api.TopProcess;
import io.sysmonstm.spi.Notification.Kind;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoticeTextTest {
  @Test
  void saysInOneLineWhatItIsAbout() {
    assertThat(NoticeText.title(notice(0, item("1", "full", "m1", Kind.FIRED))))
        .isEqualTo("[FIRING critical] full: m1");
    assertThat(NoticeText.title(notice(0, item("1", "full", "m1", Kind.RESOLVED))))
        .isEqualTo("[RESOLVED] full: m1");
    assertThat(
            NoticeText.title(
                notice(
                    3,
                    item("1", "full", "m1", Kind.FIRED),
                    item("2", "full", "m2", Kind.REPEATED))))
        .isEqualTo("[FIRING critical] full: 5 alerts");
    assertThat(
            NoticeText.title(
                notice(0, item("1", "full", "m1", Kind.FIRED), item("2", "hot", "m2", Kind.FIRED))))
        .isEqualTo("[FIRING critical] 2 alerts");
  }

  @Test
  void countsAnAlertOnceThatFiredAndResolved() {
    assertThat(
            NoticeText.title(
                notice(
                    0,
                    item("1", "full", "m1", Kind.FIRED),
                    item("1", "full", "m1", Kind.RESOLVED))))
        .isEqualTo("[FIRING critical] full: m1");
  }

  @Test
  void namesTheCulpritWhileAnAlertGoesOn() {
    assertThat(NoticeText.body(notice(0, item("1", "full", "m1", Kind.REPEATED)), 1000))
        .isEqualTo(
            "STILL FIRING critical full on m1: is full\n  top process java (pid 7, 380 % CPU, 3072 MiB)");
    assertThat(NoticeText.body(notice(0, item("1", "full", "m1", Kind.RESOLVED)), 1000))
        .isEqualTo("RESOLVED critical full on m1: is full");
  }

  @Test
  void keepsToItsLengthAndSaysHowManyAreLeftOut() {
    var items =
        IntStream.range(0, 100)
            .mapToObj(i -> item("" + i, "full", "m" + i, Kind.FIRED))
            .toArray(Notice.Item[]::new);

    var body = NoticeText.body(notice(5, items), 1000);

    assertThat(body).hasSizeLessThanOrEqualTo(1000);
    long told = body.lines().filter(line -> line.startsWith("FIRING")).count();
    assertThat(body).endsWith("\nand %d more".formatted(105 - told));
    assertThat(told).isBetween(5L, 15L);
  }

  @Test
  void cutsOneThatIsTooLongByItself() {
    var body = NoticeText.body(notice(1, item("1", "x".repeat(900), "m1", Kind.FIRED)), 200);

    assertThat(body).hasSizeLessThanOrEqualTo(200).contains("x…\n").endsWith("and 1 more");
  }

  @Test
  void makesOneLineOfAnyText() {
    assertThat(NoticeText.line(" a\r\nb\tc\u0000\u001b[31m\u2028d\u0085e "))
        .isEqualTo("a  b c  [31m d e");
    assertThat(NoticeText.line("x\ud800y 😀")).isEqualTo("x\ufffdy 😀");
  }

  @Test
  void cutsNoCharacterInHalf() {
    assertThat(NoticeText.cut("ab😀cd", 4)).isEqualTo("ab…");
    assertThat(NoticeText.cut("ab😀cd", 5)).isEqualTo("ab😀…");
    assertThat(NoticeText.cut("abc", 3)).isEqualTo("abc");
    assertThat(NoticeText.cut("abc", 1)).isEqualTo("…");
  }

  private static Notice notice(int more, Notice.Item... items) {
    return new Notice("k", List.of(items), more);
  }

  private static Notice.Item item(String id, String rule, String machine, Kind kind) {
    var alert =
        Alert.builder(id, rule, machine)
            .severity(Severity.CRITICAL)
            .state(kind == Kind.RESOLVED ? AlertState.RESOLVED : AlertState.FIRING)
            .message("is full")
            .processes(List.of(new TopProcess(7, "java", "app", 380, 3L << 30)))
            .build();
    return new Notice.Item(alert, kind);
  }

  @ParameterizedTest
  @CsvSource({
    "90, 90",
    "90.5, 90.5",
    "90.12345, 90.123",
    "0.0004, 0",
    "-0.0001, 0",
    "1e10, 10000000000",
    "-5000, -5000",
    "99.9999, 100",
  })
  void showsNumbersInTheirShortestForm(double value, String expected) {
    assertThat(NoticeText.number(value)).isEqualTo(expected);
  }
}
