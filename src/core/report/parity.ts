/**
 * Whether the SAE does on a fixed text what its release says it should; an SAE that was loaded wrongly does not.
 * "unknown" where nothing is known of the release.
 */
export interface SaeParity {
  status: 'verified' | 'unverified' | 'unknown';
  /** Mean number of active features per token. */
  l0: number;
  /** 1 - sum |x - x^|^2 / sum |x - mean(x)|^2 over the text's tokens; negative where the mean would do better. */
  explainedVariance: number;
  /** Lowest and highest value of a correctly loaded SAE. */
  expected?: { l0?: [number, number]; explainedVariance?: [number, number] };
  /** A caution that holds for every answer about this SAE. */
  note?: string;
}
