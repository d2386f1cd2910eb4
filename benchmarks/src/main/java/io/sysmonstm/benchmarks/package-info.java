/**
 * One class per question about the hot paths. See README.md of the module for how to run them and
 * what they said.
 */
@NullMarked
package io.sysmonstm.benchmarks;

import org.jspecify.annotations.NullMarked;
