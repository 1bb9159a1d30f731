import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, distinguished from those of other machines, containers and times. */
export interface ProcessIdentity {
  /** Name of its host, for messages. */
  host: string;
  /** Host, boot of the system and namespace of process numbers, within which a number means one process. */
  machine: string;
  pid: number;
  /** When it started, where the system says so, because numbers are used again. */
  started?: string | undefined;
}

export function thisProcess(): ProcessIdentity {
  return { host: hostname(), machine: thisMachine(), pid: process.pid, started: startOf(process.pid) };
}

/** @returns undefined where it cannot be found out from here */
export function isRunning({ machine, pid, started }: ProcessIdentity): boolean | undefined {
  if (machine !== thisMachine()) return undefined;
  if (!exists(pid)) return false;
  const start = startOf(pid);
  return started === undefined || start === undefined ? undefined : start === started;
}

/** Includes the process namespace, because containers of one host may use the same process numbers. */
function thisMachine(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const numbers = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, numbers].join(' ');
}

/** Start time in ticks of the system's clock; 'ended' for a zombie. */
function startOf(pid: number): string | undefined {
  return attempt(() => {
    // The name in parentheses may hold spaces; the state follows it, the start is the 20th field from there.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return 'ZX'.includes(fields[0]!) ? 'ended' : fields[19];
  });
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
