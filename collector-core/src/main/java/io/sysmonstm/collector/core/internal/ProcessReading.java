package io.sysmonstm.collector.core.internal;

/**
 * What is read of one process. Immutable.
 *
 * @param pid the process id
 * @param started when it started, in a unit of the table's own; with the pid it names the process
 * @param name the program's name
 * @param cpuMillis CPU time so far
 * @param rssBytes resident memory
 * @param threads threads
 */
record ProcessReading(
    int pid, long started, String name, long cpuMillis, long rssBytes, int threads) {}
