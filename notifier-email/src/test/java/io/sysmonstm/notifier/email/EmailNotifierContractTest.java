package io.sysmonstm.notifier.email;

import io.sysmonstm.spi.Notifier;
import io.sysmonstm.spi.TimeSource;
import io.sysmonstm.testkit.NotifierContract;
import io.sysmonstm.testkit.TestContext;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class EmailNotifierContractTest extends NotifierContract {
  @TempDir private Path data;

  private final PostOffice office = PostOffice.plain();
  private final GreylistProxy way = new GreylistProxy(office.port());
  private TestContext context;

  @Override
  protected Notifier createNotifier() {
    context = new TestContext(TimeSource.system(), data);
    return EmailNotifier.builder(
            context, "smtp://%s@localhost:%d".formatted(PostOffice.USER, way.port()))
        .password(PostOffice.PASSWORD)
        .from("monitor@example.org")
        .to(List.of("ops@example.org"))
        .build();
  }

  @AfterEach
  void closeOffice() {
    way.close();
    office.close();
    context.close();
  }

  @Override
  protected List<String> delivered() {
    return office.received().stream().map(PostOffice::text).toList();
  }

  @Override
  protected boolean farEndWorks(boolean works) {
    way.works(works);
    return true;
  }
}
