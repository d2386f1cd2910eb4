package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.spi.Endpoint;
import io.sysmonstm.spi.Setting;
import org.junit.jupiter.api.Test;

class ListenPolicyTest {
  private static final Setting<Endpoint> LISTEN = Endpoint.listen("gateway.listen", "Where.");
  private static final Endpoint EVERYWHERE = Endpoint.parse("0.0.0.0:8000").orElseThrow();
  private static final Endpoint HERE = Endpoint.parse("127.0.0.1:8000").orElseThrow();

  @Test
  void refusesToListenBeyondThisMachineInsecurely() {
    assertThat(new ListenPolicy(false).problem(LISTEN, EVERYWHERE, false))
        .contains(
            "gateway.listen is '0.0.0.0:8000', which others can reach, without TLS and"
                + " authentication: configure these, listen on 127.0.0.1, or set allow-insecure:"
                + " true");
  }

  @Test
  void thisMachineAloneOrSecuredIsFine() {
    assertThat(new ListenPolicy(false).problem(LISTEN, HERE, false)).isEmpty();
    assertThat(new ListenPolicy(false).problem(LISTEN, EVERYWHERE, true)).isEmpty();
    assertThat(new ListenPolicy(true).warning(LISTEN, HERE, false)).isEmpty();
    assertThat(new ListenPolicy(true).warning(LISTEN, EVERYWHERE, true)).isEmpty();
  }

  @Test
  void whatIsAllowedIsWarnedOf() {
    var policy = new ListenPolicy(true);

    assertThat(policy.problem(LISTEN, EVERYWHERE, false)).isEmpty();
    assertThat(policy.warning(LISTEN, EVERYWHERE, false)).isPresent();
  }
}
