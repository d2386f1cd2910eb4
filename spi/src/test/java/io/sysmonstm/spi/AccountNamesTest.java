package io.sysmonstm.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "operator",
        "Operator",
        "token:grafana",
        "TOKEN:grafana",
        "\uff54oken:x",
        "token 0123",
        "machine web-1",
        "command line of root",
        "(unknown)",
        "(anything)",
        "somebody",
        "standalone",
        "aggregator",
        "sysmonstm"
      })
  @DisplayName("row 21: no account has a name that the audit gives to somebody else")
  void namesOfTheAuditAreTaken(String name) {
    assertThat(AccountNames.problem(name))
        .hasValueSatisfying(problem -> assertThat(problem).contains("expected another"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ada",
        "ada ",
        "a  da",
        "ada\u00a0",
        "a\u200bda",
        "\u202eada",
        "a\tda",
        "ada\u0000",
        "ada\ud800"
      })
  @DisplayName("row 21: no account has a name that looks like another")
  void namesThatLookLikeOthersAreRefused(String name) {
    assertThat(AccountNames.problem(name))
        .hasValueSatisfying(problem -> assertThat(problem).contains("looks like another"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada",
        "Ada Lovelace",
        "ada@example.org",
        "tokenizer",
        "operators",
        "äöü 日本",
        "😀"
      })
  void otherNamesCanBe(String name) {
    assertThat(AccountNames.problem(name)).isEmpty();
  }

  @Test
  void lengthIsLimited() {
    assertThat(AccountNames.problem("")).isPresent();
    assertThat(AccountNames.problem("a".repeat(64))).isEmpty();
    assertThat(AccountNames.problem("a".repeat(65)))
        .hasValueSatisfying(problem -> assertThat(problem).contains("65", "1 to 64"));
  }

  @Test
  void standInsAreNoAccounts() {
    assertThat(AccountNames.isStandIn(AccountNames.OPERATOR)).isTrue();
    assertThat(AccountNames.isStandIn("token:grafana")).isTrue();
    assertThat(AccountNames.isStandIn("ada")).isFalse();
  }
}
