/**
 * The processor time that work in this process takes (milliseconds). Other work on the machine does not lengthen it as
 * it lengthens the time on the wall.
 */
export function cpuMillis(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
