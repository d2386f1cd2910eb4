package io.sysmonstm.transport.grpc;

import io.sysmonstm.spi.IngestServer;
import io.sysmonstm.spi.MetricSender;
import io.sysmonstm.testkit.TransportContract;
import java.net.InetSocketAddress;

class GrpcTransportContractTest extends TransportContract {
  @Override
  protected IngestServer createServer() {
    return GrpcIngestServer.builder("127.0.0.1:0").build();
  }

  @Override
  protected MetricSender createSender(InetSocketAddress target) {
    return GrpcMetricSender.builder(target.getHostString() + ":" + target.getPort()).build();
  }
}
