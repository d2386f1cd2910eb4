package io.sysmonstm.spi;

/** What goes over the event bus. */
public sealed interface Event permits MetricsEvent, AlertEvent, MachineEvent, MachineForgotten {
  /** {@return where it is published} */
  Topic topic();

  /** {@return the machine it is about; events of one machine keep their order} */
  String machineId();
}
