package io.sysmonstm.spi;

import java.time.Instant;

/**
 * Who a credential has proved a machine to be. Immutable.
 *
 * @param machineId the only machine it may speak for
 * @param credentialId which of its credentials
 * @param expiresAt until when that holds
 */
public record MachineIdentity(String machineId, String credentialId, Instant expiresAt) {}
