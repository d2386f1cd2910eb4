package io.sysmonstm.oidc.nimbus;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How the secret of a client is sent to the token endpoint. */
enum ClientProof {
  /** In a header, {@code client_secret_basic}. */
  BASIC,
  /** In the form, {@code client_secret_post}. */
  POST;

  static Optional<ClientProof> parse(String text) {
    return Stream.of(values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }
}
