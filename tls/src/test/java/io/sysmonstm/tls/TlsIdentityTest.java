package io.sysmonstm.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsIdentityTest {
  private static TlsIdentity issue(KeyPair keys) throws Exception {
    return TestAuthority.create("authority").issue("server", keys, later());
  }

  private static Instant later() {
    return Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.HOURS);
  }

  // As openssl wrote keys before PKCS #8: SEC 1 and PKCS #1.
  private static String traditional(PrivateKey key) throws Exception {
    var info = PrivateKeyInfo.getInstance(key.getEncoded());
    if (key.getAlgorithm().equals("RSA")) {
      return Pem.write("RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
    }
    var secret = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
    return Pem.write(
        "EC PRIVATE KEY",
        new ECPrivateKey(256, secret, info.getPrivateKeyAlgorithm().getParameters()).getEncoded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void readsWhatItWrites(String algorithm) throws Exception {
    var written = issue(TestAuthority.newKeys(algorithm));
    var read = TlsIdentity.parse(Certificates.toPem(written.chain()), written.keyPem());
    assertThat(read).isEqualTo(written);
    assertThat(read.notAfter()).isEqualTo(written.certificate().getNotAfter().toInstant());
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void readsKeysOfTheFormsBeforePkcs8(String algorithm) throws Exception {
    var keys = TestAuthority.newKeys(algorithm);
    var identity = issue(keys);
    var old = traditional(keys.getPrivate());
    assertThat(TlsIdentity.parse(Certificates.toPem(identity.chain()), old).key().getEncoded())
        .isNotEmpty();
  }

  @Test
  void readsABundleWithTextAroundItsBlocks() throws Exception {
    var first = TestAuthority.create("first").certificate();
    var second = TestAuthority.create("second").certificate();
    var bundle =
        "# the old one\n"
            + Certificates.toPem(List.of(first))
            + "\r\nthe new one\r\n"
            + Certificates.toPem(List.of(second)).replace("\n", "\r\n");
    assertThat(Certificates.parse(bundle)).containsExactly(first, second);
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    var one = issue(TestAuthority.newKeys("EC"));
    var other = issue(TestAuthority.newKeys("EC"));
    var rsa = issue(TestAuthority.newKeys("RSA"));
    var chain = Certificates.toPem(one.chain());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsIdentity.parse(chain, other.keyPem()))
        .withMessage("the key is not that of the certificate");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsIdentity.parse(chain, rsa.keyPem()))
        .withMessage("the key is not that of the certificate");
  }

  @Test
  void saysWhatIsWrongWithAKey() throws Exception {
    var identity = issue(TestAuthority.newKeys("EC"));
    var chain = Certificates.toPem(identity.chain());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> TlsIdentity.parse(chain, Pem.write("ENCRYPTED PRIVATE KEY", "x".getBytes(UTF_8))))
        .withMessageContaining("openssl pkey -in");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                TlsIdentity.parse(
                    chain,
                    """
                    -----BEGIN EC PRIVATE KEY-----
                    Proc-Type: 4,ENCRYPTED

                    AAAA
                    -----END EC PRIVATE KEY-----
                    """))
        .withMessageContaining("is encrypted");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsIdentity.parse(chain, chain))
        .withMessageContaining("holds no block 'PRIVATE KEY'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsIdentity.parse(chain, Pem.write("PRIVATE KEY", new byte[] {1, 2})))
        .withMessageContaining("EC, RSA, EdDSA");
    var half = identity.keyPem().substring(0, 60);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TlsIdentity.parse(chain, half))
        .withMessageContaining("is it complete?");
  }

  @Test
  void saysNothingOfTheKey() throws Exception {
    assertThat(issue(TestAuthority.newKeys("EC"))).hasToString("TlsIdentity[CN=server]");
  }
}
