package io.sysmonstm.gateway.helidon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaySettingsTest {
  @Test
  void keysAreTheContract() {
    assertThat(GatewaySettings.all())
        .extracting(Setting::key)
        .containsExactly(
            "gateway.listen",
            "gateway.login",
            "gateway.trusted-proxies",
            "gateway.max-viewers",
            "gateway.max-machines",
            "gateway.forget-after",
            "gateway.allowed-hosts",
            "gateway.allowed-origins",
            "gateway.aggregator-url",
            "gateway.aggregator-trust",
            "gateway.edge-url",
            "gateway.edge-token",
            "gateway.edge.fields",
            "gateway.edge.hide-hostnames",
            "gateway.edge.trust");
  }

  @Test
  void defaultsAreTheContract() {
    var settings = Settings.of(Map.of());

    assertThat(settings.get(GatewaySettings.LISTEN).getHostString()).isEqualTo("127.0.0.1");
    assertThat(settings.get(GatewaySettings.LISTEN).getPort()).isEqualTo(8000);
    assertThat(settings.get(GatewaySettings.LOGIN)).isEqualTo(LoginMode.AUTO);
    assertThat(settings.get(GatewaySettings.TRUSTED_PROXIES)).isEmpty();
    assertThat(settings.get(GatewaySettings.MAX_VIEWERS)).isEqualTo(1000);
    assertThat(settings.get(GatewaySettings.FORGET_AFTER)).isEqualTo(Duration.ofDays(30));
    assertThat(settings.get(GatewaySettings.MAX_MACHINES)).isEqualTo(10_000);
    assertThat(settings.get(GatewaySettings.ALLOWED_HOSTS)).isEmpty();
    assertThat(settings.get(GatewaySettings.ALLOWED_ORIGINS)).isEmpty();
    assertThat(settings.get(GatewaySettings.AGGREGATOR_URL)).isEqualTo("localhost:50051");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:80,0.0.0.0,80",
    "[::1]:8000,::1,8000",
    "monitor.example:0,monitor.example,0"
  })
  void readsAddresses(String text, String host, int port) {
    var address = Settings.of(Map.of("gateway.listen", text)).get(GatewaySettings.LISTEN);

    assertThat(address.getHostString()).isEqualTo(host);
    assertThat(address.getPort()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8000",
        ":8000",
        "localhost",
        "localhost:65536",
        "localhost:x",
        "::1:8000",
        "http://a:1"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(
            () -> Settings.of(Map.of("gateway.listen", text)).get(GatewaySettings.LISTEN))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.listen");
  }
}
