/** One line of the table in docs/reliability.md. */
export interface Finding {
  /** What was done to it, or to what. */
  what: string;
  /** How often, with the unit: "4000 command lines". */
  tried: string;
  /** What came of it, counts first: "0 crashes, 0 hangs". */
  found: string;
  /** Whether that is what was hoped for. */
  met: boolean;
}

/** One proof that ghosttree stands what happens to it; real parts throughout. */
export interface Proof {
  /** Name on the command line, and of the file that keeps its findings. */
  name: string;
  run(progress: (line: string) => void): Promise<Finding[]>;
}
