/**
 * An adapter's process leads a group of its own, so that what it starts ends with it. Live groups are listed
 * here and killed when this process exits. A signal handler must exit by `process.exit`: a process that a
 * signal ends runs no exit handlers, and its adapters then have to notice that their standard input has ended.
 */

/** Windows has no process groups; there only the process itself is ended. */
export const OWN_GROUP = process.platform !== "win32";

const living = new Set<number>();
let watching = false;

/** Kill this group when this process exits. */
export function adoptGroup(pid: number): void {
  if (!watching) {
    watching = true;
    process.on("exit", () => {
      for (const group of living) killGroup(group);
    });
  }
  living.add(pid);
}

/** The group has ended. */
export function releaseGroup(pid: number): void {
  living.delete(pid);
}

/** Kill what is left of a group, if anything is. */
export function killGroup(pid: number): void {
  try {
    process.kill(OWN_GROUP ? -pid : pid, "SIGKILL");
  } catch (error) {
    // No such group, or, on some systems, a group without live processes.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
