package io.sysmonstm.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates for tests. */
final class TestAuthority {
  private static final AtomicLong SERIALS = new AtomicLong(1);

  private final String name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  private TestAuthority(String name) throws Exception {
    this.name = name;
    keys = newKeys("EC");
    certificate = sign(name, keys, Instant.now().plus(Duration.ofDays(2)), true);
  }

  static TestAuthority create(String name) throws Exception {
    return new TestAuthority(name);
  }

  X509Certificate certificate() {
    return certificate;
  }

  static KeyPair newKeys(String algorithm) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance(algorithm);
    if (!algorithm.equals("Ed25519")) {
      generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
    }
    return generator.generateKeyPair();
  }

  /** A certificate for localhost. */
  TlsIdentity issue(String subject) throws Exception {
    return issue(subject, newKeys("EC"), Instant.now().plus(Duration.ofDays(1)));
  }

  TlsIdentity issue(String subject, KeyPair of, Instant notAfter) throws Exception {
    return new TlsIdentity(of.getPrivate(), List.of(sign(subject, of, notAfter, false)));
  }

  private X509Certificate sign(String subject, KeyPair of, Instant notAfter, boolean authority)
      throws Exception {
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + name),
            BigInteger.valueOf(SERIALS.getAndIncrement()),
            Date.from(notAfter.minus(Duration.ofDays(30))),
            Date.from(notAfter),
            new X500Name("CN=" + subject),
            of.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!authority) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }
}
