import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A process of an image in training; what it loads and compiles is in its AOT cache when it has ended. */
final class Trainee {
  // Long enough for a machine that is busy with other builds.
  static final Duration PATIENCE = Duration.ofMinutes(4);

  /** The cache of an image, which its launch script names too. */
  private static final String CACHE = "lib/sysmonstm.aot";

  private final String name;
  private final Path cache;
  private final Path log;
  private final Process process;

  private Trainee(String name, Path cache, Path log, Process process) {
    this.name = name;
    this.cache = cache;
    this.log = log;
    this.process = process;
  }

  static Trainee start(Image image, Path scratch, String role, String... flags) throws IOException {
    return start(image, scratch, role, true, flags);
  }

  /** Starts one that only helps others in their training. */
  static Trainee helper(Image image, Path scratch, String role, String... flags) throws IOException {
    return start(image, scratch, role, false, flags);
  }

  private static Trainee start(Image image, Path scratch, String role, boolean trains, String... flags)
      throws IOException {
    var data = Files.createTempDirectory(scratch, role);
    var log = Files.createTempFile(scratch, role, ".log");
    var command = new ArrayList<>(List.of(image.directory().resolve("bin/sysmonstm").toString(), role));
    command.addAll(List.of(flags));
    command.addAll(List.of("--data-directory", data.toString()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.matches(
                    "(ALERTS|AGGREGATOR|COLLECTOR|CURRENT|EVENTS|GATEWAY|HISTORY|KAFKA|LOG|REDIS|SYSMONSTM|TIMESCALE)_.*"));
    if (trains) {
      builder.environment().put("SYSMONSTM_AOT_TRAINING", "true");
    }
    return new Trainee(role, image.directory().resolve(CACHE), log, builder.start());
  }

  /** Waits until its log holds a text. */
  void awaitLog(String text) throws Exception {
    await(text, () -> Files.readString(log).contains(text));
  }

  /** Waits until something holds, as long as it runs. */
  void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw failed("does not come as far as " + what);
      }
      Thread.sleep(50);
    }
  }

  void stop() {
    process.destroy();
  }

  void awaitEnd() throws Exception {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw failed("does not stop when asked to");
    }
  }

  void awaitCache() throws Exception {
    awaitEnd();
    if (!Files.exists(cache)) {
      throw failed("wrote no AOT cache");
    }
  }

  IllegalStateException failed(String what) throws IOException {
    return new IllegalStateException("the image of %s %s; its log:%n%s".formatted(name, what, Files.readString(log)));
  }
}
