package io.sysmonstm.notifier.email;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** The certificate of the SMTP server of the tests, made anew for each JVM. */
final class Certificate {
  private static final String PASSWORD = "changeit";
  private static final Path STORE = create();

  private Certificate() {}

  /** Makes servers that start from now on use it. */
  static void use() {
    System.setProperty("greenmail.tls.keystore.file", STORE.toString());
    System.setProperty("greenmail.tls.keystore.password", PASSWORD);
  }

  static SSLSocketFactory trusted() {
    try {
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      var authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      authorities.setCertificateEntry(
          "server",
          KeyStore.getInstance(STORE.toFile(), PASSWORD.toCharArray()).getCertificate("server"));
      trust.init(authorities);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path create() {
    try {
      var directory = Files.createTempDirectory("smtp");
      var store = directory.resolve("server.p12");
      var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
      var process =
          new ProcessBuilder(
                  keytool.toString(),
                  "-genkeypair",
                  "-alias",
                  "server",
                  "-keyalg",
                  "RSA",
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "SAN=dns:localhost",
                  "-validity",
                  "2",
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-keystore",
                  store.toString())
              .inheritIO()
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool failed");
      }
      store.toFile().deleteOnExit();
      directory.toFile().deleteOnExit();
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
