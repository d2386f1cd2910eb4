package io.sysmonstm.notifier.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.Notification.Kind;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersTest {
  private TestContext context;

  @BeforeEach
  void open(@TempDir Path data) {
    context = new TestContext(TimeSource.system(), data);
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  void areFoundByTheirTypes() {
    assertThat(
            WebhookNotifierProvider.class.getModule().getDescriptor().provides().stream()
                .flatMap(provided -> provided.providers().stream()))
        .containsExactlyInAnyOrder(
            WebhookNotifierProvider.class.getName(), AlertmanagerNotifierProvider.class.getName());
    assertThat(new WebhookNotifierProvider().type()).isEqualTo("webhook");
    assertThat(new AlertmanagerNotifierProvider().type()).isEqualTo("alertmanager");
  }

  @Test
  void keepWhatServicesTakeForAPasswordSecret() {
    assertThat(new WebhookNotifierProvider().settings())
        .filteredOn(Setting::secret)
        .extracting(Setting::key)
        .containsExactlyInAnyOrder("url", "headers", "secret");
    assertThat(new WebhookNotifierProvider().settings())
        .filteredOn(setting -> !setting.secret())
        .extracting(Setting::key)
        .containsExactly("preset", "chat", "template", "content-type", "allow-private");
    assertThat(new AlertmanagerNotifierProvider().settings())
        .extracting(Setting::key)
        .containsExactly("url", "headers", "allow-private");
  }

  @Test
  void makeNotifiersOfSettings() throws Exception {
    try (var farEnd = new FarEnd();
        var notifier =
            new WebhookNotifierProvider()
                .create(
                    Settings.of(
                        Map.of(
                            "url", farEnd.url("/x"),
                            "template", "{{title}}",
                            "content-type", "text/plain",
                            "headers", "X-A=b",
                            "allow-private", "true")),
                    context)) {
      notifier.notify(Notices.of("full", Kind.FIRED));

      assertThat(farEnd.accepted())
          .singleElement()
          .returns("[FIRING critical] disk-filling: m1", FarEnd.Request::body)
          .returns("b", request -> request.header("X-a"));
    }
  }

  @Test
  void refuseSettingsThatDoNotFitTogether() {
    assertRefused(Map.of(), "url cannot be used");
    assertRefused(Map.of("url", "https://h/", "preset", "pigeon"), "preset is pigeon");
    assertRefused(Map.of("url", "https://h/", "preset", "telegram"), "chat is missing");
    assertRefused(Map.of("url", "https://ntfy.sh/", "preset", "ntfy"), "ntfy topic");
    assertRefused(Map.of("url", "https://h/", "template", "{{#x}}"), "template cannot be used");
  }

  private void assertRefused(Map<String, String> settings, String why) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new WebhookNotifierProvider().create(Settings.of(settings), context))
        .withMessageContaining(why);
  }
}
