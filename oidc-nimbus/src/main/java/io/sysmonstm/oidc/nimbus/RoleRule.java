package io.sysmonstm.oidc.nimbus;

import io.sysmonstm.spi.Account.Role;
import java.util.List;
import java.util.Optional;

/**
 * Which values of a claim make which role. Immutable.
 *
 * @param claim its name, or a dotted path to it
 * @param admins the values that make an admin
 * @param viewers the values that make a viewer, or {@link #EVERYBODY}
 */
record RoleRule(String claim, List<String> admins, List<String> viewers) {
  static final String EVERYBODY = "*";

  boolean letsNobodyIn() {
    return admins.isEmpty() && viewers.isEmpty();
  }

  /** {@return the role of somebody, the greater one where there are two; empty where none} */
  Optional<Role> of(Claims claims) {
    var values = claims.values(claim);
    if (values.stream().anyMatch(admins::contains)) {
      return Optional.of(Role.ADMIN);
    }
    return viewers.contains(EVERYBODY) || values.stream().anyMatch(viewers::contains)
        ? Optional.of(Role.VIEWER)
        : Optional.empty();
  }
}
