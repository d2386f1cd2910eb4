package io.sysmonstm.oidc.nimbus;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a browser has to bring back. Immutable.
 *
 * @param state by which its answer is known to be one to its own question
 * @param nonce by which the token is known to be made for it
 * @param verifier by which the provider knows that who redeems the code is who asked for it
 */
record Kept(State state, Nonce nonce, CodeVerifier verifier) {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})");
  private static final int BYTES = 32;

  /** {@return a new one, of 256 random bits each} */
  static Kept create() {
    return new Kept(new State(BYTES), new Nonce(BYTES), new CodeVerifier());
  }

  static Optional<Kept> parse(String text) {
    var matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Kept(
                new State(matcher.group(1)),
                new Nonce(matcher.group(2)),
                new CodeVerifier(matcher.group(3))))
        : Optional.empty();
  }

  String text() {
    return state.getValue() + "." + nonce.getValue() + "." + verifier.getValue();
  }

  /** Leaves the secrets out. */
  @Override
  public String toString() {
    return "Kept";
  }
}
