package io.sysmonstm.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the identity of the time. A handshake asks for an alias first and for its key and chain
 * later; an alias therefore stands for one identity for good, and the last few are kept.
 */
final class SwitchingKeyManager extends X509ExtendedKeyManager {
  private static final int KEPT = 3;

  private record Aliased(String alias, TlsIdentity identity) {}

  private record State(long changes, boolean shown, List<Aliased> newestFirst) {}

  private volatile State state = new State(0, false, List.of());

  synchronized void use(TlsIdentity identity) {
    var before = state;
    long changes = before.changes + 1;
    var kept =
        Stream.concat(
                Stream.of(new Aliased(Long.toString(changes), identity)),
                before.newestFirst.stream())
            .limit(KEPT)
            .toList();
    state = new State(changes, true, kept);
  }

  synchronized void clear() {
    state = new State(state.changes, false, state.newestFirst);
  }

  private @Nullable String choose(String... keyTypes) {
    var now = state;
    if (!now.shown) {
      return null;
    }
    var current = now.newestFirst.getFirst();
    var algorithm = current.identity.certificate().getPublicKey().getAlgorithm();
    for (var type : keyTypes) {
      // TLS 1.2 asks a client for types such as EC_RSA: the key's, and the signer's.
      if (type.equals(algorithm) || type.startsWith(algorithm + "_")) {
        return current.alias;
      }
    }
    return null;
  }

  private Optional<TlsIdentity> identity(@Nullable String alias) {
    return state.newestFirst.stream()
        .filter(candidate -> candidate.alias.equals(alias))
        .map(Aliased::identity)
        .findFirst();
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyType);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyType);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    var alias = choose(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    return identity(alias)
        .map(identity -> identity.chain().toArray(X509Certificate[]::new))
        .orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    return identity(alias).map(TlsIdentity::key).orElse(null);
  }
}
