package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sysmonstm.api.DuplicateProviderException;
import io.sysmonstm.api.Names;
import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.NotifierProvider;
import io.sysmonstm.spi.Provider;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Providers from jars in the directory of plugins. */
class DropInPluginsTest {
  @TempDir Path directory;

  private Path plugins;
  private PluginJars jars;
  private HostContext host;

  @BeforeEach
  void open() {
    plugins = directory.resolve("plugins");
    jars = new PluginJars(directory.resolve("work"));
    host = HostContext.open(TimeSource.system(), directory.resolve("data"));
  }

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void twoPluginsHaveTwoVersionsOfOneLibrarySideBySide() throws Exception {
    for (var name : List.of("alpha", "beta")) {
      var helper = plugins.resolve(name).resolve("helper.jar");
      jars.build(helper, helper("version of " + name), Map.of());
      jars.build(plugins.resolve(name).resolve("plugin.jar"), plugin(name), Map.of(), helper);
    }

    var registry = ProviderRegistry.load(plugins);

    assertThat(registry.broken()).isEmpty();
    assertThat(registry.list(host))
        .extracting(ProviderListing::spi, ProviderListing::type, ProviderListing::module)
        .contains(
            tuple("Notifier", "alpha", "plugin.alpha"), tuple("Notifier", "beta", "plugin.beta"));
    assertThat(said(registry, "alpha")).startsWith("version of alpha");
    assertThat(said(registry, "beta")).startsWith("version of beta");
  }

  @Test
  void callsHaveTheLoaderOfThePluginAsContextLoader() throws Exception {
    install("alpha", Map.of());
    var before = Thread.currentThread().getContextClassLoader();

    assertThat(said(ProviderRegistry.load(plugins), "alpha"))
        .endsWith("create=own call=own task=own");
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
  }

  @Test
  void aPluginWithoutModuleInfoIsFoundByItsServiceFile() throws Exception {
    var files = new HashMap<>(plugin("alpha"));
    files.remove("module-info.java");
    files.put("META-INF/services/" + NotifierProvider.class.getName(), "plugin.alpha.Provide\n");
    var helper = plugins.resolve("alpha/helper-1.0.jar");
    jars.build(helper, helper("plain"), Map.of());
    jars.build(plugins.resolve("alpha/plugin-alpha-2.1.jar"), files, Map.of(), helper);

    var registry = ProviderRegistry.load(plugins);

    assertThat(said(registry, "alpha")).startsWith("plain");
    assertThat(registry.list(host))
        .extracting(ProviderListing::module)
        .contains("plugin.alpha@2.1");
  }

  @Test
  void aCopyOfTheSpiInTheDirectoryIsNotUsed() throws Exception {
    install("alpha", Map.of());
    for (var type : List.of(Provider.class, Names.class)) {
      copyModule(type, plugins.resolve("alpha"));
    }

    assertThat(said(ProviderRegistry.load(plugins), "alpha")).startsWith("version of alpha");
  }

  @Test
  void aLibraryThatTheHostHasTooCanBeAnotherVersion() throws Exception {
    // The host has a module of this name, which this plugin brings with other content.
    var helper = plugins.resolve("alpha/yaml.jar");
    var files = new HashMap<>(helper("the plugin's own"));
    files.put("module-info.java", "module org.snakeyaml.engine { exports helper; }");
    jars.build(helper, files, Map.of());
    var plugin = new HashMap<>(plugin("alpha"));
    plugin.computeIfPresent(
        "module-info.java",
        (name, text) -> text.replace("requires helper", "requires org.snakeyaml.engine"));
    jars.build(plugins.resolve("alpha/plugin.jar"), plugin, Map.of(), helper);

    assertThat(said(ProviderRegistry.load(plugins), "alpha")).startsWith("the plugin's own");
  }

  @Test
  void whereAJarWithoutModuleInfoWouldReadTwoVersionsTheHostsIsUsed() throws Exception {
    var files = new HashMap<>(plugin("alpha"));
    files.remove("module-info.java");
    files.put("META-INF/services/" + NotifierProvider.class.getName(), "plugin.alpha.Provide\n");
    var helper = plugins.resolve("alpha/helper-1.0.jar");
    jars.build(helper, helper("plain"), Map.of());
    jars.build(plugins.resolve("alpha/plugin-alpha-2.1.jar"), files, Map.of(), helper);
    copyModule(LoadSettings.class, plugins.resolve("alpha"));

    assertThat(said(ProviderRegistry.load(plugins), "alpha")).startsWith("plain");
  }

  @Test
  void aPackageOfTheSpiPackedIntoAPluginIsReportedClearly() throws Exception {
    var files = new HashMap<>(plugin("alpha"));
    files.put("io/sysmonstm/spi/Extra.java", "package io.sysmonstm.spi; public class Extra { }");
    var source = files.remove("module-info.java");
    assertThat(source).isNotNull();
    files.put("META-INF/services/" + NotifierProvider.class.getName(), "plugin.alpha.Provide\n");
    var helper = plugins.resolve("alpha/helper-1.0.jar");
    jars.build(helper, helper("plain"), Map.of());
    jars.build(plugins.resolve("alpha/fat.jar"), files, Map.of(), helper);

    assertThat(ProviderRegistry.load(plugins).broken())
        .singleElement()
        .satisfies(
            line -> assertThat(line.problem().orElse("")).contains("fat", "io.sysmonstm.spi"));
  }

  @Test
  void aBrokenJarIsReportedAndItsNeighboursLoad() throws Exception {
    install("alpha", Map.of());
    Files.createDirectories(plugins.resolve("broken"));
    Files.writeString(plugins.resolve("broken/nonsense.jar"), "this is no jar");
    Files.createDirectories(plugins.resolve("empty"));
    Files.writeString(plugins.resolve("loose.jar"), "");
    Files.createDirectories(plugins.resolve(".hidden"));

    var registry = ProviderRegistry.load(plugins);

    assertThat(said(registry, "alpha")).startsWith("version of alpha");
    assertThat(registry.broken())
        .extracting(
            line -> Path.of(line.location()).getFileName() + ": " + line.problem().orElse(""))
        .hasSize(3)
        .anyMatch(line -> line.startsWith("broken: nonsense.jar cannot be read: "))
        .contains(
            "empty: the directory holds no jar",
            "loose.jar: it lies beside the plugins: put it into a directory of its own");
    assertThatThrownBy(() -> create(registry, "missing", "x"))
        .hasMessageContaining("a plugin that brings it goes to " + plugins)
        .hasMessageContaining("could not be loaded: " + plugins.resolve("broken"));
  }

  @Test
  void aProviderThatThrowsCostsTheOthersNothing() throws Exception {
    install("alpha", Map.of());
    var throwing = new HashMap<>(plugin("beta"));
    throwing.computeIfPresent(
        "plugin/beta/Provide.java",
        (name, text) ->
            text.replace(
                "public Provide() {",
                "public Provide() { if (true) throw new Error(\"bad day\");"));
    jars.build(plugins.resolve("beta/helper.jar"), helper("x"), Map.of());
    jars.build(
        plugins.resolve("beta/plugin.jar"), throwing, Map.of(), plugins.resolve("beta/helper.jar"));

    var registry = ProviderRegistry.load(plugins);

    assertThat(said(registry, "alpha")).isNotEmpty();
    assertThat(registry.broken())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.module()).isEqualTo("plugin.beta");
              assertThat(line.problem().orElse("")).contains("bad day");
            });
  }

  @Test
  void aMissingLibraryIsReportedByName() throws Exception {
    var helper = directory.resolve("elsewhere/helper.jar");
    jars.build(helper, helper("x"), Map.of());
    jars.build(plugins.resolve("alpha/plugin.jar"), plugin("alpha"), Map.of(), helper);

    assertThat(ProviderRegistry.load(plugins).broken())
        .singleElement()
        .satisfies(line -> assertThat(line.problem().orElse("")).contains("helper"));
  }

  @Test
  void aJarWithoutProviderIsReported() throws Exception {
    jars.build(plugins.resolve("alpha/helper.jar"), helper("x"), Map.of());

    assertThat(ProviderRegistry.load(plugins).broken())
        .singleElement()
        .satisfies(line -> assertThat(line.problem().orElse("")).contains("it provides no plugin"));
  }

  @Test
  void anotherMajorVersionOfTheSpiIsRefused() throws Exception {
    install("alpha", Map.of(SpiVersion.ATTRIBUTE, SpiVersion.MAJOR + ".7"));
    install("beta", Map.of(SpiVersion.ATTRIBUTE, "99.0"));

    var registry = ProviderRegistry.load(plugins);

    assertThat(said(registry, "alpha")).isNotEmpty();
    assertThat(registry.broken())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.problem())
                    .contains(
                        "plugin.jar was made for version 99.0 of the SPI, this host has 1:"
                            + " install a plugin made for 1"));
  }

  @Test
  void twoPluginsOfOneTypeAreNamedWithTheirModulesAndPlaces() throws Exception {
    install("alpha", Map.of());
    var twin = new HashMap<>(plugin("beta"));
    twin.computeIfPresent(
        "plugin/beta/Provide.java",
        (name, text) -> text.replace("return \"beta\"", "return \"alpha\""));
    jars.build(plugins.resolve("beta/helper.jar"), helper("x"), Map.of());
    jars.build(
        plugins.resolve("beta/plugin.jar"), twin, Map.of(), plugins.resolve("beta/helper.jar"));

    var registry = ProviderRegistry.load(plugins);

    assertThatThrownBy(registry::check)
        .isInstanceOf(DuplicateProviderException.class)
        .hasMessage(
            "Notifier 'alpha' is claimed by plugin.alpha (%s) and plugin.beta (%s): remove one of"
                    .formatted(
                        plugins.resolve("alpha/plugin.jar"), plugins.resolve("beta/plugin.jar"))
                + " them");
  }

  @Test
  void aDirectoryThatDoesNotExistHoldsNoPlugins() {
    assertThat(ProviderRegistry.load(directory.resolve("nowhere")).broken()).isEmpty();
  }

  private void install(String name, Map<String, String> manifest) throws IOException {
    var helper = plugins.resolve(name).resolve("helper.jar");
    jars.build(helper, helper("version of " + name), Map.of());
    jars.build(plugins.resolve(name).resolve("plugin.jar"), plugin(name), manifest, helper);
  }

  /** Packs the classes of one of our modules to a jar. */
  private void copyModule(Class<?> type, Path to) throws IOException {
    var from = Path.of(FoundProvider.location(type));
    var jar = to.resolve(type.getModule().getName() + ".jar");
    if (Files.isDirectory(from)) {
      ToolProvider.findFirst("jar")
          .orElseThrow()
          .run(System.out, System.err, "cf", jar.toString(), "-C", from.toString(), ".");
    } else {
      Files.copy(from, jar);
    }
  }

  private Notifier create(ProviderRegistry registry, String type, String name) {
    return registry.create(NotifierProvider.class, type, name, Settings.of(Map.of()), host);
  }

  private String said(ProviderRegistry registry, String type) {
    return create(registry, type, type).toString();
  }

  private static Map<String, String> helper(String version) {
    return Map.of(
        "module-info.java",
        "module helper { exports helper; }",
        "helper/Version.java",
        "package helper; public class Version { public static String text() { return \"%s\"; } }"
            .formatted(version));
  }

  /** A notifier that tells the version of its helper, and which context loaders it saw. */
  private static Map<String, String> plugin(String name) {
    var source =
        """
        package plugin.NAME;
        import io.sysmonstm.spi.*;
        import java.util.List;
        public class Provide implements NotifierProvider {
          public Provide() { }
          public String type() { return "NAME"; }
          public List<Setting<?>> settings() { return List.of(); }
          public Notifier create(Settings settings, ProviderContext context) {
            String create = loader();
            String task;
            try {
              task = context.executor().submit(() -> loader()).get();
            } catch (Exception e) {
              task = e.toString();
            }
            String rest = task;
            return new Notifier() {
              public void notify(Notice notice) { }
              public String toString() {
                return helper.Version.text() + " create=" + create + " call=" + loader() + " task=" + rest;
              }
            };
          }
          static String loader() {
            return Thread.currentThread().getContextClassLoader() == Provide.class.getClassLoader()
                ? "own" : "foreign";
          }
        }
        """;
    return Map.of(
        "module-info.java",
        """
        module plugin.NAME {
          requires io.sysmonstm.spi;
          requires helper;
          provides io.sysmonstm.spi.NotifierProvider with plugin.NAME.Provide;
        }
        """
            .replace("NAME", name),
        "plugin/%s/Provide.java".formatted(name),
        source.replace("NAME", name));
  }
}
