/** One step of the preparation; `share` of it is done. */
export interface PrepareProgress {
  step: string;
  share: number;
}

export interface PrepareControl {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: PrepareProgress) => void) | undefined;
}
