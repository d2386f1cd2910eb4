/** What the live path costs: viewers of a gateway and of an edge relay, as processes. */
@NullMarked
package io.sysmonstm.benchmarks.live;

import org.jspecify.annotations.NullMarked;
