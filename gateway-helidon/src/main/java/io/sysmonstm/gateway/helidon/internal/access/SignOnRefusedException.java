package io.sysmonstm.gateway.helidon.internal.access;

import java.io.Serial;

/** Somebody does not come in by single sign-on. */
public final class SignOnRefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final SignOnRefusal refusal;

  SignOnRefusedException(SignOnRefusal refusal, String why) {
    super(why);
    this.refusal = refusal;
  }

  /** {@return why} */
  public SignOnRefusal refusal() {
    return refusal;
  }
}
