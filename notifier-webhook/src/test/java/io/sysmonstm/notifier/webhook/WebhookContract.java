package io.sysmonstm.notifier.webhook;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.NotifierContract;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, against a real HTTP server. */
abstract class WebhookContract extends NotifierContract {
  @TempDir private Path data;

  final FarEnd farEnd = new FarEnd();
  private TestContext context;

  abstract Notifier create(TestContext inContext);

  @Override
  protected Notifier createNotifier() {
    context = new TestContext(TimeSource.system(), data);
    return create(context);
  }

  @AfterEach
  void closeFarEnd() {
    farEnd.close();
    context.close();
  }

  @Override
  protected List<String> delivered() {
    return farEnd.accepted().stream().map(FarEnd.Request::body).toList();
  }

  @Override
  protected boolean farEndWorks(boolean works) {
    farEnd.answers(works ? 204 : 500, "", Map.of());
    return true;
  }
}
