package io.sysmonstm.notifier.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.sysmonstm.api.Alert;
import io.sysmonstm.api.AlertState;
import io.sysmonstm.api.ConfigException;
import io.sysmonstm.api.Severity;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.LocalhostCertificate;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailNotifierTest {
  private TestContext context;

  @BeforeEach
  void open(@TempDir Path data) {
    context = new TestContext(TimeSource.system(), data);
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  void sendsPlainTextWithASubjectThatSaysWhatItIsAbout() throws Exception {
    try (var office = PostOffice.plain()) {
      notifier(office.url()).build().notify(notice("disk-filling", "m1", Kind.FIRED));

      var mail = office.received().getFirst();
      assertThat(mail.getSubject()).isEqualTo("[FIRING critical] disk-filling: m1");
      assertThat(mail.getContentType()).startsWith("text/plain; charset=UTF-8");
      assertThat(mail.getContent()).asString().contains("ä is 95 % full");
      assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(mail.getFrom())
          .extracting(Object::toString)
          .containsExactly("Monitor <monitor@example.org>");
      assertThat(office.received()).as("one for each address").hasSize(2);
    }
  }

  @Test
  void putsTheEndOfAnAlertIntoTheThreadOfItsBegin() throws Exception {
    try (var office = PostOffice.plain()) {
      var notifier = notifier(office.url()).to(List.of("a@example.org")).build();
      notifier.notify(notice("disk-filling", "m1", Kind.FIRED));
      notifier.notify(notice("disk-filling", "m1", Kind.FIRED));
      notifier.notify(notice("disk-filling", "m1", Kind.RESOLVED));

      var mails = office.received();
      assertThat(mails).hasSize(3);
      assertThat(mails.get(2).getSubject()).isEqualTo("[RESOLVED] disk-filling: m1");
      assertThat(mails.get(2).getHeader("References"))
          .isEqualTo(mails.get(0).getHeader("References"));
      assertThat(mails.get(0).getMessageID())
          .as("tried again")
          .isEqualTo(mails.get(1).getMessageID());
      assertThat(mails.get(0).getMessageID()).isNotEqualTo(mails.get(2).getMessageID());
    }
  }

  @Test
  void letsNoNameBecomeAHeaderOrAnotherMail() throws Exception {
    try (var office = PostOffice.plain()) {
      var hostile = "x\r\nBcc: all@example.org\r\n\r\n.\r\nMAIL FROM:<a@b>\u2028";
      notifier(office.url())
          .to(List.of("a@example.org"))
          .build()
          .notify(notice(hostile, hostile, Kind.FIRED));

      assertThat(office.received()).hasSize(1);
      var mail = office.received().getFirst();
      assertThat(mail.getHeader("Bcc")).isNull();
      assertThat(mail.getSubject()).contains("Bcc: all@example.org").doesNotContain("\n", "\r");
      assertThat(mail.getAllRecipients()).hasSize(1);
    }
  }

  @Test
  void speaksTlsFromTheFirstByteToAServerThatItTrusts(@TempDir Path directory) throws Exception {
    var certificate = LocalhostCertificate.create(directory);
    try (var office = PostOffice.secure(certificate)) {
      var notice = notice("disk-filling", "m1", Kind.FIRED);
      assertThatIOException()
          .as("a certificate that nobody has signed")
          .isThrownBy(() -> notifier(office.url()).build().notify(notice));
      var byAddress = office.url().replace("localhost", "127.0.0.1");
      assertThatIOException()
          .as("a certificate for another name")
          .isThrownBy(() -> notifier(byAddress).tls(certificate.trusted()).build().notify(notice));
      assertThat(office.received()).isEmpty();

      notifier(office.url()).tls(certificate.trusted()).build().notify(notice);

      assertThat(office.received()).hasSize(2);
    }
  }

  @Test
  void saysThatAServerRefusesThePasswordWithoutShowingIt() {
    try (var office = PostOffice.plain()) {
      var notifier = notifier(office.url()).password("wrong one").build();

      assertThatIOException()
          .isThrownBy(() -> notifier.notify(notice("disk-filling", "m1", Kind.FIRED)))
          .withMessageStartingWith("localhost takes no mail: ")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wrong one"));
    }
  }

  @Test
  void saysThatNobodyListens() {
    int port;
    try (var office = PostOffice.plain()) {
      port = office.port();
    }
    var notifier = notifier("smtp://localhost:" + port).build();

    assertThatIOException()
        .isThrownBy(() -> notifier.notify(notice("disk-filling", "m1", Kind.FIRED)))
        .withMessageStartingWith("localhost takes no mail: ");
  }

  @Test
  void wantsTlsOfAllButThisMachine() {
    assertThat(property("smtp://mail.example.org", "mail.smtp.starttls.required"))
        .isEqualTo("true");
    assertThat(property("smtp://localhost.example.org", "mail.smtp.starttls.required"))
        .isEqualTo("true");
    assertThat(property("smtp://127.0.0.1:25", "mail.smtp.starttls.required")).isEqualTo("false");
    assertThat(property("smtps://mail.example.org", "mail.smtps.ssl.checkserveridentity"))
        .isEqualTo("true");
    assertThat(SmtpServer.of("smtp://mail.example.org", Optional.empty()).port()).isEqualTo(587);
    assertThat(SmtpServer.of("smtps://mail.example.org", Optional.empty()).port()).isEqualTo(465);
  }

  @Test
  void readsUserAndPasswordOfTheUrl() {
    var server = SmtpServer.of("smtp://a%40b:p%3Aw+d%25@h", Optional.empty());

    assertThat(server.user()).contains("a@b");
    assertThat(server.password()).contains("p:w+d%");
    assertThat(SmtpServer.of("smtp://a:b@h", Optional.of("c")).password()).contains("c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://h", "smtp:h", "smtp://", "smtp://u:secret@", "smtp://%zz@h"})
  void refusesWhatIsNoServerWithoutShowingIt(String url) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> notifier(url).build())
        .withMessageStartingWith("smtp-url cannot be used")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  @Test
  void refusesWhatIsNoAddressAllAtOnce() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                notifier("smtp://h")
                    .from("nobody")
                    .to(List.of("a@example.org\r\nX: y", "b@example.org"))
                    .build())
        .satisfies(
            e -> assertThat(e.getMessage()).contains("from is nobody", "to is a@example.org"));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> notifier("smtp://h").to(List.of()).build())
        .withMessageContaining("to has no address");
  }

  private EmailNotifier.Builder notifier(String url) {
    return EmailNotifier.builder(context, url)
        .password(PostOffice.PASSWORD)
        .from("Monitor <monitor@example.org>")
        .to(List.of("a@example.org", "b@example.org"));
  }

  private static String property(String url, String name) {
    return SmtpServer.of(url, Optional.empty()).properties().getProperty(name);
  }

  private static Notice notice(String rule, String machine, Kind kind) {
    var alert =
        Alert.builder("alert-1", rule, machine)
            .severity(Severity.CRITICAL)
            .state(kind == Kind.RESOLVED ? AlertState.RESOLVED : AlertState.FIRING)
            .startedAt(Instant.EPOCH)
            .firedAt(Instant.EPOCH)
            .message("ä is 95 % full")
            .build();
    return new Notice("key-" + kind, List.of(new Notice.Item(alert, kind)), 0);
  }
}
