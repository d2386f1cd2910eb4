package io.sysmonstm.oidc.nimbus;

import io.sysmonstm.spi.Account.Role;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.testkit.SingleSignOnContract;
import io.sysmonstm.testkit.SingleSignOnFixture;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class OidcContractTest extends SingleSignOnContract {
  @Override
  protected SingleSignOnFixture open() {
    return new Fixture(new OidcRig());
  }

  private record Fixture(OidcRig rig) implements SingleSignOnFixture {
    @Override
    public SingleSignOn signOn() {
      return rig.signOn;
    }

    @Override
    public void person(String id, Optional<Role> role) {
      var group =
          role.map(known -> known == Role.ADMIN ? "ops" : "staff").map(List::of).orElse(List.of());
      rig.server.person(id, Map.of("groups", group));
    }

    @Override
    public Map<String, List<String>> allow(URI address) {
      return OidcRig.parameters(rig.server.logIn(address));
    }

    @Override
    public Map<String, List<String>> deny(URI address) {
      return OidcRig.parameters(rig.server.deny(address));
    }

    @Override
    public void endService() {
      rig.server.close();
    }

    @Override
    public void close() {
      rig.close();
    }
  }
}
