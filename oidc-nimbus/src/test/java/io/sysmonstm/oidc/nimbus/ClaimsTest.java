package io.sysmonstm.oidc.nimbus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Account.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimsTest {
  private static List<String> values(String path, Map<String, Object> claims) {
    return new Claims(claims).values(path);
  }

  @Test
  void dotsLeadIntoObjects() {
    assertThat(
            values(
                "realm_access.roles", Map.of("realm_access", Map.of("roles", List.of("a", "b")))))
        .containsExactly("a", "b");
    assertThat(values("realm_access.roles", Map.of("realm_access", "roles"))).isEmpty();
    assertThat(values("a.b.c", Map.of("a", Map.of("b", Map.of())))).isEmpty();
  }

  @Test
  void aNameMayHaveDotsItself() {
    assertThat(values("https://example.org/roles", Map.of("https://example.org/roles", "ops")))
        .containsExactly("ops");
  }

  @Test
  void oneValueIsAListOfOne() {
    assertThat(values("hd", Map.of("hd", "example.org"))).containsExactly("example.org");
    assertThat(values("level", Map.of("level", 3))).containsExactly("3");
  }

  @Test
  void whatIsNoTextIsNoValue() {
    assertThat(values("groups", Map.of("groups", List.of(Map.of("name", "ops"), true, "x"))))
        .containsExactly("x");
    assertThat(values("groups", Map.of("groups", Map.of("ops", true)))).isEmpty();
  }

  @Test
  void anAddressThatTheProviderDidNotVerifyIsNoValue() {
    assertThat(values("email", Map.of("email", "ada@example.org"))).isEmpty();
    assertThat(values("email", Map.of("email", "ada@example.org", "email_verified", false)))
        .isEmpty();
    assertThat(values("email", Map.of("email", "ada@example.org", "email_verified", true)))
        .containsExactly("ada@example.org");
    assertThat(values("email", Map.of("email", "ada@example.org", "email_verified", "true")))
        .containsExactly("ada@example.org");
  }

  @Test
  void theGreaterRoleCounts() {
    var rule = new RoleRule("groups", List.of("ops"), List.of("staff", "ops"));
    assertThat(rule.of(new Claims(Map.of("groups", List.of("staff", "ops"))))).contains(Role.ADMIN);
  }

  @Test
  void aStarStandsForEverybody() {
    var rule = new RoleRule("groups", List.of("ops"), List.of("*"));
    assertThat(rule.of(new Claims(Map.of()))).contains(Role.VIEWER);
    assertThat(rule.of(new Claims(Map.of("groups", "ops")))).contains(Role.ADMIN);
    assertThat(
            new RoleRule("groups", List.of(), List.of("a*")).of(new Claims(Map.of("groups", "ab"))))
        .isEmpty();
  }
}
