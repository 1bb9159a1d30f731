/** Every option of `/feature` as it was used, nothing left at "auto". See docs/methods.md. */
export interface FeatureParameters {
  weights: 'encoder' | 'decoder';
  /** Distance of the ghost from the centroid, in the units of the embedding space. */
  scale: number;
  centroid: boolean;
  pca: number;
  m: number;
  top: number;
  /** The cutoff that was asked for; `tree.cutoff` is the one the tree is exact for. */
  cutoff: number;
  trim: number;
  depth: number;
  nodes: number;
  tokens: number;
  /** What ranks the token list: nearness to the ghost, or the activation that tokens cause. */
  list: 'near' | 'hybrid';
  prompt: string;
  close: boolean;
  /** What becomes of branches that the model says for any ghost. */
  prune: 'on' | 'grey' | 'off';
  /** The activation at which the feature is held while its definition grows, in units of its maximum. */
  clamp: number | 'off';
  /** How much of the feature's decoder vector is added while its definition grows, in the same units. */
  steer: number | 'off';
  theme: 'dark' | 'light';
}
