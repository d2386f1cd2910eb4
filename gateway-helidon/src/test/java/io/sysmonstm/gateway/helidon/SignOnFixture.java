package io.sysmonstm.gateway.helidon;

import io.sysmonstm.spi.Account;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A gateway where everybody logs in, and an OpenID provider. */
abstract class SignOnFixture {
  static final String MACHINES = "/api/v1/machines";

  final SignOnRig rig = new SignOnRig(builder -> builder.login(LoginMode.REQUIRED), Map.of());

  @AfterEach
  void close() {
    rig.close();
  }

  Account account(String name) {
    return rig.gateway.fleet.access.account(name).orElseThrow();
  }
}
