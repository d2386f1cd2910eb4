package io.sysmonstm.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.tls.CertificateRequest;
import io.sysmonstm.tls.Certificates;
import io.sysmonstm.tls.PrivateFiles;
import io.sysmonstm.tls.TlsIdentity;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates by a key of its own. Thread-safe. */
public final class CertificateAuthority {
  /** What a machine's id follows in the URI of its certificate. */
  public static final String MACHINE_URI = "urn:sysmonstm:machine:";

  private static final String CERTIFICATES = "authority.pem";
  private static final String KEY = "authority-key.pem";
  private static final Duration LIFE = Duration.ofDays(3_650);
  // A machine whose clock is a little behind shall find its new certificate valid.
  private static final Duration BACKDATED = Duration.ofHours(1);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TlsIdentity identity;
  private final List<X509Certificate> trusted;

  private CertificateAuthority(TlsIdentity identity) {
    this.identity = identity;
    // What follows the own certificate in the file is trusted beside it, as while one takes over.
    trusted = identity.chain();
  }

  /**
   * Reads the authority of a directory, or makes one there where there is none.
   *
   * @param directory for {@code authority.pem} and {@code authority-key.pem}; made where it is not
   *     there
   * @param now the time
   * @return the authority
   * @throws ConfigException where it cannot be read or written
   */
  public static CertificateAuthority open(Path directory, Instant now) {
    var certificates = directory.resolve(CERTIFICATES);
    var key = directory.resolve(KEY);
    try {
      // The key is written first, so that an authority without one was tampered with.
      if (Files.notExists(certificates)) {
        var made = create(now);
        PrivateFiles.write(key, made.identity.keyPem());
        PrivateFiles.write(certificates, Certificates.toPem(made.identity.chain()));
        return made;
      }
      return new CertificateAuthority(
          TlsIdentity.parse(Files.readString(certificates, UTF_8), Files.readString(key, UTF_8)));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          List.of("the authority for machines in '%s' cannot be used: %s".formatted(directory, e)));
    }
  }

  /**
   * {@return a new authority, kept nowhere}
   *
   * @param now the time
   */
  public static CertificateAuthority create(Instant now) {
    var keys = CertificateRequest.newKeys();
    var tag = new byte[4];
    RANDOM.nextBytes(tag);
    var name = named("sysmonstm machines " + HexFormat.of().formatHex(tag));
    try {
      var builder = builder(name, name, keys.getPublic(), now, now.plus(LIFE));
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
          .addExtension(
              Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return new CertificateAuthority(
          new TlsIdentity(keys.getPrivate(), List.of(sign(builder, keys))));
    } catch (CertIOException e) {
      throw cannotSign(e);
    }
  }

  /** Where {@link #open} keeps the certificate of the authority. */
  static Path file(Path directory) {
    return directory.resolve(CERTIFICATES);
  }

  /** {@return the certificates to be trusted, the own one first} */
  public List<X509Certificate> trusted() {
    return trusted;
  }

  /**
   * {@return a certificate and key for a server, with the authority's own certificate behind it}
   *
   * @param names host names and addresses of the server
   * @param now the time
   * @param validity for how long
   */
  public TlsIdentity server(Collection<String> names, Instant now, Duration validity) {
    return server("aggregator", names, now, validity);
  }

  /** The same for a server of another name. */
  TlsIdentity server(String use, Collection<String> names, Instant now, Duration validity) {
    var keys = CertificateRequest.newKeys();
    var general =
        names.stream()
            .map(
                name ->
                    new GeneralName(
                        isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new);
    var certificate =
        issue(
            named("sysmonstm " + use),
            keys.getPublic(),
            now,
            validity,
            general,
            KeyPurposeId.id_kp_serverAuth);
    return new TlsIdentity(keys.getPrivate(), List.of(certificate, identity.certificate()));
  }

  /**
   * {@return the certificate of a machine}
   *
   * @param machineId who it is
   * @param key its public key
   * @param now the time
   * @param validity for how long
   */
  public X509Certificate machine(String machineId, PublicKey key, Instant now, Duration validity) {
    return issue(
        named(machineId),
        key,
        now,
        validity,
        new GeneralName[] {
          new GeneralName(GeneralName.uniformResourceIdentifier, MACHINE_URI + machineId)
        },
        KeyPurposeId.id_kp_clientAuth);
  }

  private X509Certificate issue(
      X500Name subject,
      PublicKey key,
      Instant now,
      Duration validity,
      GeneralName[] names,
      KeyPurposeId purpose) {
    var authority = identity.certificate();
    try {
      var builder =
          builder(
              X500Name.getInstance(authority.getSubjectX500Principal().getEncoded()),
              subject,
              key,
              now,
              now.plus(validity));
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
          .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
          .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose))
          .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.getPublicKey()));
      return sign(builder, new KeyPair(authority.getPublicKey(), identity.key()));
    } catch (CertIOException | GeneralSecurityException e) {
      throw cannotSign(e);
    }
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant notAfter) {
    // 159 random bits: positive, and no longer than the 20 bytes that a serial number may have.
    var serial = new BigInteger(159, RANDOM).setBit(0);
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            serial,
            Date.from(now.minus(backdated(now, notAfter))),
            Date.from(notAfter),
            subject,
            key);
    try {
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
      return builder;
    } catch (CertIOException | GeneralSecurityException e) {
      throw cannotSign(e);
    }
  }

  private static Duration backdated(Instant now, Instant notAfter) {
    var life = Duration.between(now, notAfter);
    return life.compareTo(BACKDATED) < 0 ? life : BACKDATED;
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair by) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw cannotSign(e);
    }
  }

  private static X500Name named(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0
        || Stream.of(name.split("\\.", -1)).allMatch(CertificateAuthority::isByte);
  }

  private static boolean isByte(String part) {
    return !part.isEmpty()
        && part.length() <= 3
        && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static IllegalStateException cannotSign(Exception cause) {
    return new IllegalStateException("the authority cannot sign", cause);
  }
}
