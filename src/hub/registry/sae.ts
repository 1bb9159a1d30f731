/** An SAE of the registry. */
export interface RegisteredSae {
  release: string;
  id: string;
  /** Family of its model, as the registry calls it. */
  family: string;
  /** Repositories on the Hub of its model and of itself. */
  model: string;
  repository: string;
  /** SAELens' name of the code that reads it. */
  loader: string;
  /** Its folder, or its file, in the repository. */
  path: string;
  /** -1 for the embeddings. */
  layer: number;
  /** What it reads, as in resid_post. */
  site: string;
  features: number;
  architecture: string;
  /** As published. */
  l0: number | undefined;
  normScalingFactor: number | undefined;
  /** Its name at neuronpedia.org. */
  neuronpedia: string | undefined;
  /** Whether it was trained on a stream without its mean. */
  centered: boolean;
  /** What the registry says of its input's normalisation, where its own config does not. */
  normalization: string | undefined;
}
