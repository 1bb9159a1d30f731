/** Something is being prepared that later answers reuse; `share` of it is done. */
export interface Preparing {
  stage: 'preparing';
  /**
   * The model's weights in the wanted type, what it says for any ghost under one prompt, where the features of a layer
   * fire in texts that it wrote, or all that is measured of those features.
   */
  what: 'weights' | 'baseline' | 'firings' | 'statistics';
  /** Absent for what belongs to the whole model. */
  layer?: number;
  share: number;
}
