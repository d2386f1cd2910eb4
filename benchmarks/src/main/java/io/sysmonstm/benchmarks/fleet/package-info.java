/** An aggregator with real servers under the load of a simulated fleet. */
@NullMarked
package io.sysmonstm.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
