package io.sysmonstm.notifier.email;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.sysmonstm.testkit.LocalhostCertificate;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** A real SMTP server that keeps what it is sent. */
final class PostOffice implements AutoCloseable {
  static final String USER = "monitor";
  static final String PASSWORD = "p@ss w:rd";

  private final ServerSetup setup;
  private final GreenMail server;

  private PostOffice(String protocol) {
    setup = new ServerSetup(0, "localhost", protocol);
    server = start();
  }

  static PostOffice plain() {
    return new PostOffice(ServerSetup.PROTOCOL_SMTP);
  }

  static PostOffice secure(LocalhostCertificate certificate) {
    System.setProperty("greenmail.tls.keystore.file", certificate.file().toString());
    System.setProperty("greenmail.tls.keystore.password", LocalhostCertificate.PASSWORD);
    return new PostOffice(ServerSetup.PROTOCOL_SMTPS);
  }

  String url() {
    var scheme = setup.getProtocol().toLowerCase(Locale.ROOT);
    return "%s://%s@localhost:%d".formatted(scheme, USER, port());
  }

  int port() {
    return server.getSmtp() == null ? server.getSmtps().getPort() : server.getSmtp().getPort();
  }

  List<MimeMessage> received() {
    return List.of(server.getReceivedMessages());
  }

  static String text(MimeMessage mail) {
    try {
      return mail.getSubject() + "\n" + mail.getContent();
    } catch (MessagingException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop();
  }

  private GreenMail start() {
    var greenMail = new GreenMail(setup);
    greenMail.start();
    greenMail.setUser("monitor@example.org", USER, PASSWORD);
    return greenMail;
  }
}
