package io.sysmonstm.notifier.email;

import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.NoticeText;
import jakarta.activation.DataHandler;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.util.ByteArrayDataSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/** Writes the mail of a notice. */
final class Mail {
  private static final int SUBJECT = 150;
  private static final int BODY = 50_000;

  private final Session session;
  private final Envelope envelope;

  /** Who sends, and who is told. */
  record Envelope(InternetAddress from, List<InternetAddress> to) {
    Envelope {
      to = List.copyOf(to);
    }
  }

  Mail(Session session, Envelope envelope) {
    this.session = session;
    this.envelope = envelope;
  }

  Address[] recipients() {
    return envelope.to().toArray(Address[]::new);
  }

  MimeMessage of(Notice notice, Instant now) throws MessagingException {
    var mail = new Identified(session, id("notice-" + notice.key()));
    mail.setFrom(envelope.from());
    mail.setRecipients(Message.RecipientType.TO, recipients());
    mail.setSubject(NoticeText.cut(NoticeText.title(notice), SUBJECT), "UTF-8");
    // As bytes: for texts the library would look for one that writes them, by files on a class
    // path.
    mail.setDataHandler(
        new DataHandler(
            new ByteArrayDataSource(
                NoticeText.body(notice, BODY).getBytes(StandardCharsets.UTF_8),
                "text/plain; charset=UTF-8")));
    mail.setSentDate(Date.from(now));
    // Nobody's absence is to be told of to a program.
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.setHeader("X-Sysmonstm-Key", NoticeText.line(notice.key()));
    // All mails of an alert refer to the same one, which was never sent: so they are one thread.
    var thread = id("alert-" + notice.items().getFirst().alert().id());
    mail.setHeader("References", thread);
    mail.setHeader("In-Reply-To", thread);
    mail.saveChanges();
    return mail;
  }

  /** Returns the same identification for the same text, which it keeps out of the header. */
  private String id(String text) {
    var digest = new CRC32();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    var plain = text.replaceAll("[^A-Za-z0-9-]", "");
    var unique = NoticeText.cut(plain, 80).replace("…", "");
    var address = envelope.from().getAddress();
    var domain = address.substring(address.lastIndexOf('@') + 1);
    return "<%s-%s.sysmonstm@%s>"
        .formatted(unique, HexFormat.of().toHexDigits((int) digest.getValue()), domain);
  }

  /** A mail whose identification is not made anew when it is sent. */
  private static final class Identified extends MimeMessage {
    private final String id;

    Identified(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }
}
