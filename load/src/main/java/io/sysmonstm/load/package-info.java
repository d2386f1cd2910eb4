/**
 * Simulated machines: they speak the protocol, keep each batch until it is acknowledged as durable,
 * and know what each value must be.
 */
@NullMarked
package io.sysmonstm.load;

import org.jspecify.annotations.NullMarked;
