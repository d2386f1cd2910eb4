package io.sysmonstm.plugin.host;

import io.sysmonstm.spi.TimeSource;
import java.nio.file.Path;

/** A process as a role's main class makes one, for tests that need a real one. */
final class HostProcess {
  private HostProcess() {}

  public static void main(String[] arguments) {
    var logging = HostLogging.install(LogFormat.JSON, System.Logger.Level.INFO, System.err);
    int status =
        new Host("test", TimeSource.system())
            .stopOnSignals()
            .run(
                lifecycle -> {
                  lifecycle.own("lock", DirectoryLock.acquire(Path.of(arguments[0])));
                  System.out.println("started " + MachineId.in(Path.of(arguments[0])));
                });
    logging.close();
    System.exit(status);
  }
}
