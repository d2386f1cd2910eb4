package io.sysmonstm.store.embedded;

import io.sysmonstm.api.Resource;
import java.time.Duration;
import java.time.Instant;

/** What stays of a machine that is silent: what it is, and when it was last seen. */
record KnownMachine(String id, Resource resource, Duration interval, Instant lastSeen) {}
