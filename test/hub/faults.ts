/** Something that goes wrong with a file, for the next so many requests for it. */
export interface Fault {
  /** End of the file's path in its repository. */
  path: string;
  /** Requests that meet it. */
  times: number;
  /** Answered instead of the file. */
  status?: number;
  headers?: Record<string, string>;
  /** The connection is cut after so many bytes. */
  dropAfter?: number;
  /** Nothing more comes after so many bytes, and the connection stays. */
  stallAfter?: number;
  /** Each piece of so many bytes takes so many milliseconds. */
  slow?: { bytes: number; milliseconds: number };
  /** The bytes are other ones. */
  damaged?: boolean;
  /** Ranges are not known: the whole file is sent. */
  wholeOnly?: boolean;
}

/** What will go wrong. */
export class Faults {
  private readonly list: Fault[] = [];

  add(fault: Fault): void {
    this.list.push({ ...fault });
  }

  /** What a request for this file meets; counts it. */
  take(path: string): Fault | undefined {
    const fault = this.list.find((candidate) => candidate.times > 0 && path.endsWith(candidate.path));
    if (fault) fault.times--;
    return fault;
  }
}
