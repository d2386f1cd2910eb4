package io.sysmonstm.testkit;

import io.sysmonstm.api.AuditEntry;

/** Counts and notes what changes. Guarded by {@link InMemoryAccessStore}. */
final class AccessLog {
  private final InMemoryAlertStore audit;
  private long revision;

  AccessLog(InMemoryAlertStore audit) {
    this.audit = audit;
  }

  void change(AuditEntry entry) {
    audit.add(entry);
    revision++;
  }

  /** Notes what is no change that others have to look for. */
  void note(AuditEntry entry) {
    audit.add(entry);
  }

  long revision() {
    return revision;
  }
}
