/**
 * Checks for the authors of plugins: extend the contract of an SPI, say how to make an instance,
 * and JUnit runs all that the SPI promises against it.
 */
package io.sysmonstm.testkit;
