package io.sysmonstm.test.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An authority that signs certificates for the servers and clients of a test, by the JDK's {@code
 * keytool}, valid for two days. Its files are PEM and stay in the directory it was given. Confined
 * to one thread.
 */
public final class CertificateAuthority {
  /**
   * What somebody shows to be who they are.
   *
   * @param certificate PEM file with the certificate, and that of the authority
   * @param key PEM file with the private key, PKCS #8, for its owner's eyes only
   */
  public record Identity(Path certificate, Path key) {}

  private static final String AUTHORITY = "authority";
  private static final String PASSWORD = "changeit";
  private static final Base64.Encoder BASE64 =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final Path directory;
  private final Path store;
  private final Path certificate;

  private CertificateAuthority(Path directory, String name) {
    this.directory = directory;
    this.store = directory.resolve(name + ".p12");
    this.certificate = directory.resolve(name + ".pem");
    generate(AUTHORITY, name, "-ext", "bc:critical=ca:true");
    write(certificate, pem("CERTIFICATE", bytes(chain(AUTHORITY).getLast())));
  }

  /**
   * {@return a new authority}
   *
   * @param directory where its files are made
   * @param name what it is called, one word; no other in the directory is called so
   */
  public static CertificateAuthority create(Path directory, String name) {
    return new CertificateAuthority(directory, name);
  }

  /** {@return the PEM file with its certificate, for those who trust it} */
  public Path certificate() {
    return certificate;
  }

  /**
   * {@return a new certificate with its key}
   *
   * @param name whose it is, one word
   * @param alternativeNames by which it is reached, such as {@code dns:localhost} or {@code
   *     ip:127.0.0.1}
   */
  public Identity issue(String name, String... alternativeNames) {
    var options = new ArrayList<>(List.of("-signer", AUTHORITY));
    if (alternativeNames.length > 0) {
      options.addAll(List.of("-ext", "san=" + String.join(",", alternativeNames)));
    }
    generate(name, name, options.toArray(String[]::new));
    var text = new StringBuilder();
    chain(name).forEach(each -> text.append(pem("CERTIFICATE", bytes(each))));
    var identity =
        new Identity(directory.resolve(name + ".crt.pem"), directory.resolve(name + ".key.pem"));
    write(identity.certificate, text.toString());
    write(identity.key, pem("PRIVATE KEY", privateKey(name)));
    return identity;
  }

  private void generate(String alias, String name, String... options) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-dname",
                "CN=" + name));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
    command.addAll(List.of(options));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private List<Certificate> chain(String alias) {
    try {
      return List.of(keys().getCertificateChain(alias));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] privateKey(String alias) {
    try {
      return keys().getKey(alias, PASSWORD.toCharArray()).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore keys() throws GeneralSecurityException {
    try {
      return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, BASE64.encodeToString(content));
  }

  private static void write(Path file, String text) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
