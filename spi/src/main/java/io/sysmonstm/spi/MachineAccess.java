package io.sysmonstm.spi;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides which machines may speak to an aggregator, and for whom; called by transports, which
 * speak TLS with its managers and ask it at each stream. Thread-safe.
 */
public interface MachineAccess {
  /**
   * What a machine gets when it is enrolled, or renews its certificate.
   *
   * @param machineId who it is from now on
   * @param chain its certificate, followed by those it was signed with
   * @param trust the authorities that the aggregator's certificate comes from
   */
  record Enrolled(String machineId, List<X509Certificate> chain, List<X509Certificate> trust) {
    /** Copies the lists. */
    public Enrolled {
      chain = List.copyOf(chain);
      trust = List.copyOf(trust);
    }
  }

  /** {@return what shows the aggregator's certificate of the time} */
  X509ExtendedKeyManager keyManager();

  /** {@return what verifies the certificates of machines; a machine may show none} */
  X509ExtendedTrustManager trustManager();

  /**
   * {@return who shows a certificate, empty where it is of nobody here, expired or revoked} May
   * block, with a deadline, where it sees the certificate for the first time.
   *
   * @param certificate verified by the handshake
   * @throws io.sysmonstm.api.StoreUnavailableException where it cannot be told now
   */
  Optional<MachineIdentity> byCertificate(X509Certificate certificate);

  /**
   * {@return who sends a bearer token, empty where it is of nobody, expired or revoked} May block,
   * as {@link #byCertificate}.
   *
   * @param token as it was sent; a secret
   * @throws io.sysmonstm.api.StoreUnavailableException where it cannot be told now
   */
  Optional<MachineIdentity> byToken(String token);

  /**
   * {@return whether an identity still holds} Does not block: a revocation is noticed within
   * seconds while the store can be reached.
   *
   * @param identity one that was told before
   */
  boolean holds(MachineIdentity identity);

  /**
   * Lets a new machine in. Blocks, with a deadline.
   *
   * @param token the one-time token; a secret
   * @param request a certificate request, PKCS #10 in DER; its common name is the machine's id
   * @param source the network address it comes from
   * @return what it gets
   * @throws io.sysmonstm.api.RequestException UNAUTHENTICATED where the token is not good,
   *     INVALID_ARGUMENT where the request is not, RESOURCE_EXHAUSTED where the address tries too
   *     often, FAILED_PRECONDITION where machines are not enrolled here
   * @throws io.sysmonstm.api.StoreUnavailableException where it cannot be done now
   */
  Enrolled enrol(String token, byte[] request, String source);

  /**
   * Renews the certificate of a machine. Blocks, with a deadline.
   *
   * @param identity who asks, by a certificate that holds
   * @param request as for {@link #enrol}
   * @param source the network address it comes from
   * @return what it gets
   * @throws io.sysmonstm.api.RequestException PERMISSION_DENIED where the request names another
   *     machine, else as {@link #enrol}
   * @throws io.sysmonstm.api.StoreUnavailableException where it cannot be done now
   */
  Enrolled renew(MachineIdentity identity, byte[] request, String source);

  /**
   * Notes that a machine named another one and was refused. Does not block.
   *
   * @param identity who it is
   * @param named whom it named, of any length and content
   * @param source the network address it came from
   */
  void refused(MachineIdentity identity, String named, String source);
}
