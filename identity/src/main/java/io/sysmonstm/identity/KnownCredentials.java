package io.sysmonstm.identity;

import io.sysmonstm.spi.AccessStore;
import io.sysmonstm.spi.MachineCredential;
import io.sysmonstm.spi.RateLimit;
import io.sysmonstm.spi.TimeSource;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The credentials that hold, as far as is known. They are read anew when the store's revision
 * changes; one that is not known is asked for, since another process may just have added it. While
 * the store is away, what is known goes on to hold until it expires. Thread-safe.
 */
final class KnownCredentials {
  private static final int UNKNOWN_AT_ONCE = 6_000;
  private static final Duration UNKNOWN_PAUSE = Duration.ofMillis(10);

  private final AccessStore store;
  private final TimeSource time;
  private final RateLimit unknown;
  private volatile Map<String, MachineCredential> known = new ConcurrentHashMap<>();
  // Guarded by this.
  private long revision = Long.MIN_VALUE;

  KnownCredentials(AccessStore store, TimeSource time) {
    this.store = store;
    this.time = time;
    unknown = new RateLimit(UNKNOWN_AT_ONCE, UNKNOWN_PAUSE, time);
  }

  /** Blocks; reads all where something has changed. */
  synchronized void refresh() {
    long newest = store.accessRevision();
    if (newest == revision) {
      return;
    }
    var read =
        store.credentials().stream()
            .collect(Collectors.toMap(MachineCredential::id, Function.identity()));
    known = new ConcurrentHashMap<>(read);
    // Asked before the read: what changed since is found by the next one.
    revision = newest;
  }

  /** What is known of an id, whether it holds or not; may block where it is not known. */
  Optional<MachineCredential> find(String id) {
    var credential = known.get(id);
    if (credential != null) {
      return Optional.of(credential);
    }
    // Else whoever makes ids up could keep the store busy; the next refresh finds the true ones.
    if (unknown.take("").isPresent()) {
      return Optional.empty();
    }
    var asked = store.credential(id);
    asked.ifPresent(this::add);
    return asked;
  }

  /** Whether one that was found before holds; does not block. */
  boolean holds(String id) {
    var credential = known.get(id);
    return credential != null && holds(credential, time.instant());
  }

  /** Waits for a read that has begun, so that what it does not have yet is not lost. */
  synchronized void add(MachineCredential credential) {
    known.putIfAbsent(credential.id(), credential);
  }

  static boolean holds(MachineCredential credential, Instant now) {
    return credential.revokedAt().isEmpty() && now.isBefore(credential.expiresAt());
  }

  /** By which id a certificate is known. */
  static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }
}
