/** Something is made ready that later answers find at hand; `share` of it is done. */
export interface Preparing {
  stage: 'preparing';
  /**
   * The model's weights in the type that is wanted, what it says of any ghost under one prompt, where the features of a
   * layer fire in texts of its own, or all that is measured of them.
   */
  what: 'weights' | 'baseline' | 'firings' | 'statistics';
  /** Absent where it is the whole model's. */
  layer?: number;
  share: number;
}
