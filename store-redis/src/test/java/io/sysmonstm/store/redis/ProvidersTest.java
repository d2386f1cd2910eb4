package io.sysmonstm.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.redis.client.RedisSettings;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.testkit.ManualTime;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvidersTest {
  private final RedisCurrentStoreProvider provider = new RedisCurrentStoreProvider();

  @Test
  void namesItsSettingsAndMasksTheUrl() {
    assertThat(provider.type()).isEqualTo("redis");
    assertThat(provider.settings())
        .extracting(Setting::key)
        .containsExactly(
            "redis.url",
            "redis.tls.trust",
            "redis.tls.certificate",
            "redis.tls.key",
            "current.ttl");
    assertThat(RedisSettings.URL.secret()).isTrue();
    assertThat(RedisSettings.URL.defaultText()).hasValue("redis://localhost:6379");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:6379", "http://localhost", "redis://", "redis-socket:///x", ""})
  void refusesWhatIsNoUrlOfAServer(String text) {
    assertThat(RedisSettings.URL.parse(text)).isEmpty();
  }

  @Test
  void takesUserPasswordDatabaseAndTlsFromTheUrl() {
    var uri = RedisSettings.URL.parse("rediss://me:secret@redis.example:6380/3").orElseThrow();

    assertThat(uri.getHost()).isEqualTo("redis.example");
    assertThat(uri.getPort()).isEqualTo(6380);
    assertThat(uri.getDatabase()).isEqualTo(3);
    assertThat(uri.isSsl()).isTrue();
    assertThat(uri.isVerifyPeer()).isTrue();
    assertThat(uri.toString()).doesNotContain("secret");
  }

  @Test
  void refusesFilesThatAreNotThereAndHalfAPair() {
    var settings =
        Settings.of(
            Map.of("redis.tls.trust", "/nonexistent.pem", "redis.tls.certificate", "/neither.pem"));
    try (var context = new TestContext(new ManualTime(), Path.of("."))) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> provider.create(settings, context))
          .satisfies(
              e ->
                  assertThat(e.problems())
                      .containsExactly(
                          "redis.tls.trust is /nonexistent.pem: expected a readable PEM file",
                          "redis.tls.certificate is /neither.pem: expected a readable PEM file",
                          "redis.tls.certificate and redis.tls.key: expected both or none"));
    }
  }

  @Test
  @DisplayName("row 17: hostile ids keep to their own keys")
  void keepsHostileIdsToTheirOwnKeys() {
    assertThat(StateKeys.machine("web-1")).isEqualTo("sysmonstm:machine:{web-1}");
    assertThat(StateKeys.machine("a}:b{\n*"))
        .matches("sysmonstm:machine:\\{#[0-9a-f]{64}}")
        .isNotEqualTo(StateKeys.machine("a}:b{\n?"));
  }
}
