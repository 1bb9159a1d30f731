/** One line of the bench table. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** What we aim for, as people read it: ">= 15". */
  goal?: string | undefined;
}
