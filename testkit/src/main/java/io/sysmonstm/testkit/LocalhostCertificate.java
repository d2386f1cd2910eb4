package io.sysmonstm.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for {@code localhost} that nobody has signed, for servers of tests. Immutable. */
public final class LocalhostCertificate {
  /** The password of the key store and its key. */
  public static final String PASSWORD = "changeit";

  private static final String ALIAS = "server";

  private final Path file;

  private LocalhostCertificate(Path file) {
    this.file = file;
  }

  /**
   * {@return a new one}
   *
   * @param directory where the key store is written, often a JUnit {@code @TempDir}
   */
  public static LocalhostCertificate create(Path directory) {
    var file = directory.resolve("localhost.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    try {
      var process =
          new ProcessBuilder(
                  keytool,
                  "-genkeypair",
                  "-alias",
                  ALIAS,
                  "-keyalg",
                  "EC",
                  "-validity",
                  "2",
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "SAN=dns:localhost",
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-keystore",
                  file.toString())
              .inheritIO()
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool ended with " + process.exitValue());
      }
      return new LocalhostCertificate(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** {@return the key store, of type PKCS12} */
  public Path file() {
    return file;
  }

  /** {@return what a server speaks TLS with} */
  public SSLContext ofServer() {
    try {
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store(), PASSWORD.toCharArray());
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@return what a client speaks TLS with that trusts this certificate, and no other} */
  public SSLSocketFactory trusted() {
    return trusting().getSocketFactory();
  }

  /** {@return the context of a client that trusts this certificate, and no other} */
  public SSLContext trusting() {
    try {
      var authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      authorities.setCertificateEntry(ALIAS, store().getCertificate(ALIAS));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore store() throws GeneralSecurityException, IOException {
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }
}
