package io.sysmonstm.web.helidon.internal.net;

import static io.sysmonstm.web.helidon.internal.net.ViewerLimits.Verdict.ADMITTED;
import static io.sysmonstm.web.helidon.internal.net.ViewerLimits.Verdict.TOO_MANY;
import static io.sysmonstm.web.helidon.internal.net.ViewerLimits.Verdict.TOO_MANY_OF_ADDRESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ViewerLimitsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");

  private final ViewerLimits limits = new ViewerLimits(4, 2);

  @Test
  void anAddressMayHaveSoManyAndMoreWhenSomeLeave() {
    assertThat(limits.admit(ONE)).isEqualTo(ADMITTED);
    assertThat(limits.admit(ONE)).isEqualTo(ADMITTED);
    assertThat(limits.admit(ONE)).isEqualTo(TOO_MANY_OF_ADDRESS);
    assertThat(limits.admit(OTHER)).isEqualTo(ADMITTED);

    limits.release(ONE);

    assertThat(limits.admit(ONE)).isEqualTo(ADMITTED);
  }

  @Test
  void theLoopbackAddressIsBoundByTheNumberInAllOnly() {
    for (int i = 0; i < 4; i++) {
      assertThat(limits.admit(LOOPBACK)).isEqualTo(ADMITTED);
    }

    assertThat(limits.admit(LOOPBACK)).isEqualTo(TOO_MANY);
    assertThat(limits.admit(ONE)).isEqualTo(TOO_MANY);

    limits.release(LOOPBACK);

    assertThat(limits.admit(ONE)).isEqualTo(ADMITTED);
  }
}
