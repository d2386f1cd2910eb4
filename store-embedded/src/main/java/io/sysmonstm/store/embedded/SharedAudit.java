package io.sysmonstm.store.embedded;

import io.sysmonstm.api.AuditEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the audit that is kept beside accounts and tokens, in a file that others write; there need
 * be none. Thread-safe.
 */
final class SharedAudit implements AutoCloseable {
  private static final Comparator<AuditEntry> NEWEST_FIRST =
      Comparator.comparing(AuditEntry::at).reversed();

  private final Path file;
  private final SessionPool readers;

  SharedAudit(Path file) {
    this.file = file;
    this.readers = new SessionPool(file);
  }

  /** Returns the newest of its entries and of others, the newest first. */
  List<AuditEntry> with(List<AuditEntry> others, Optional<String> subject, int most)
      throws SQLException {
    return Stream.concat(others.stream(), newest(subject, most).stream())
        .sorted(NEWEST_FIRST)
        .limit(most)
        .toList();
  }

  private List<AuditEntry> newest(Optional<String> subject, int most) throws SQLException {
    // To connect would make the file.
    if (!Files.exists(file)) {
      return List.of();
    }
    return readers.use(
        session ->
            hasTable(session) ? AuditRows.newest(session, subject, most) : List.<AuditEntry>of());
  }

  // Whoever makes the file may not have come to its tables yet.
  private static boolean hasTable(Session session) throws SQLException {
    return session.askNumber("SELECT count(*) FROM sqlite_schema WHERE name = 'audit'") > 0;
  }

  @Override
  public void close() {
    readers.close();
  }
}
