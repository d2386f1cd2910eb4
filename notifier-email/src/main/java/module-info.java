import io.sysmonstm.notifier.email.EmailNotifierProvider;
import io.sysmonstm.spi.NotifierProvider;
import org.jspecify.annotations.NullMarked;

/** Tells people by e-mail. */
@NullMarked
module io.sysmonstm.notifier.email {
  requires transitive io.sysmonstm.spi;
  requires jakarta.activation;
  requires jakarta.mail;
  requires static org.jspecify;
  requires org.eclipse.angus.mail.smtp;

  exports io.sysmonstm.notifier.email;

  provides NotifierProvider with
      EmailNotifierProvider;
}
