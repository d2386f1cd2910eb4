/** What several views read out of a machine in the same way. */

// Images of software are always "full"; they would hide the disk that really fills up.
const READ_ONLY_FILE_SYSTEMS = new Set(['squashfs', 'iso9660', 'erofs', 'udf']);

/** The fullest writable disk of a machine as `{labels, value}`, or undefined. */
export function worstDisk(machine) {
  return machine.readings('disk_percent')
    .filter((reading) => !READ_ONLY_FILE_SYSTEMS.has(reading.labels.fstype))
    .reduce((worst, reading) => (worst && worst.value >= reading.value ? worst : reading), undefined);
}

/** Whether labels name no interface, or one that leads out of the machine. */
export const notLoopback = (labels) => !/^lo\d*$/.test(labels.interface ?? '');

/** Bytes a second over all interfaces of a machine, or undefined. */
export const networkRate = (machine, metric) => machine.sum(metric, notLoopback);

/** The process that uses most of the processor, or undefined. */
export function busiestProcess(machine) {
  return machine.processes.reduce((most, process) => (most && most.cpu_percent >= process.cpu_percent ? most : process), undefined);
}
