/** What the live path costs: viewers of a gateway and of an edge relay, as processes. */
package io.sysmonstm.benchmarks.live;
