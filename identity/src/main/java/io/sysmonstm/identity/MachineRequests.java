package io.sysmonstm.identity;

import io.sysmonstm.api.ErrorCode;
import io.sysmonstm.api.Names;
import io.sysmonstm.api.RequestException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** Reads the requests of machines and finds out whether they are good. */
final class MachineRequests {
  private static final int MOST_BYTES = 8 << 10;
  private static final int LEAST_RSA_BITS = 2_048;
  private static final int MOST_RSA_BITS = 4_096;
  private static final int LEAST_EC_BITS = 256;

  /** What a good one says. */
  record Checked(String machineId, PublicKey key) {}

  private MachineRequests() {}

  static Checked check(byte[] der) {
    if (der.length > MOST_BYTES) {
      throw bad("it is larger than 8 KiB");
    }
    try {
      var request = new JcaPKCS10CertificationRequest(der);
      var key = request.getPublicKey();
      if (!isStrong(key)) {
        throw bad(
            "its key is weak: expected EC of 256 bits or more, Ed25519, or RSA of 2048 to 4096");
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw bad("it is not signed by its own key");
      }
      return new Checked(machineId(request), key);
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | IllegalArgumentException e) {
      throw bad("it is no PKCS #10");
    }
  }

  private static String machineId(JcaPKCS10CertificationRequest request) {
    var names = request.getSubject().getRDNs(BCStyle.CN);
    if (names.length != 1 || request.getSubject().getRDNs().length != 1) {
      throw bad("expected the machine's id as its common name, and nothing else");
    }
    var machineId = IETFUtils.valueToString(names[0].getFirst().getValue());
    Names.machineIdProblem(machineId)
        .ifPresent(
            problem -> {
              throw bad(problem);
            });
    return machineId;
  }

  private static boolean isStrong(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize() >= LEAST_EC_BITS;
      case RSAPublicKey rsa ->
          rsa.getModulus().bitLength() >= LEAST_RSA_BITS
              && rsa.getModulus().bitLength() <= MOST_RSA_BITS;
      case EdECPublicKey edwards -> true;
      default -> false;
    };
  }

  private static RequestException bad(String problem) {
    return new RequestException(
        ErrorCode.INVALID_ARGUMENT, "the certificate request is refused: " + problem);
  }
}
