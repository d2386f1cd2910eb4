package io.sysmonstm.spi;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Says why a server was not trusted, for operators: in plain words, without addresses. */
public final class TlsFailure {
  private TlsFailure() {}

  /**
   * {@return what is wrong, to be said after the name of the server; empty where the failure has
   * nothing to do with TLS}
   *
   * @param failure what a connection failed with
   */
  public static Optional<String> reason(Throwable failure) {
    Optional<String> reason = Optional.empty();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case CertPathBuilderException untrusted -> {
          return Optional.of("its certificate is signed by nobody who is trusted here");
        }
        case CertificateExpiredException expired -> {
          return Optional.of("its certificate has expired");
        }
        case CertificateNotYetValidException early -> {
          return Optional.of("its certificate is not valid yet");
        }
        case CertificateException other when isForAnotherHost(other) -> {
          return Optional.of("its certificate is for another host name");
        }
        case CertificateException other when isForAnotherUse(other) -> {
          return Optional.of("its certificate is not one of a server");
        }
        case SSLException tls -> reason = Optional.of("the TLS handshake failed");
        default -> {}
      }
    }
    return reason;
  }

  // The JDK has no exceptions of their own for these.
  private static boolean isForAnotherHost(CertificateException failure) {
    var message = String.valueOf(failure.getMessage());
    return message.startsWith("No subject alternative") || message.startsWith("No name matching");
  }

  private static boolean isForAnotherUse(CertificateException failure) {
    return String.valueOf(failure.getMessage()).startsWith("Extended key usage does not permit");
  }
}
