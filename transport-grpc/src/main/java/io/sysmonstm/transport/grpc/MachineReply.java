package io.sysmonstm.transport.grpc;

import io.sysmonstm.spi.Ack;
import io.sysmonstm.spi.IngestReply;

/** Where the aggregator answers one machine of a stream of single metrics. */
record MachineReply(
    String machineId, MetricsAnswer answer, MetricsAnswer.OfMachine answers, ReadGate.Valve valve)
    implements IngestReply {
  @Override
  public void acknowledge(Ack ack) {
    answers.acknowledge(ack);
  }

  @Override
  public void resume() {
    valve.resume();
  }
}
