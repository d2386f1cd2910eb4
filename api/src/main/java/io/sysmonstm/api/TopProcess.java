package io.sysmonstm.api;

/**
 * A process among the greatest users of CPU or memory. Never carries arguments or environment.
 * Immutable.
 *
 * @param pid the process id
 * @param name the program's name
 * @param user the user it runs as
 * @param cpuPercent CPU time over the last interval in per cent of one core; may exceed 100
 * @param rssBytes resident memory in bytes
 */
public record TopProcess(int pid, String name, String user, double cpuPercent, long rssBytes) {}
