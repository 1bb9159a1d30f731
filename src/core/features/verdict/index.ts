import type { FeatureEvidence } from '../../report/evidence.js';
import type { FeatureReport, SpokenDefinition } from '../../report/feature.js';
import type { FeatureVerdict, VerdictKind } from '../../report/verdict.js';

/** Share of all tokens above which a feature is always on. */
export const ALWAYS_ON = 0.2;

/**
 * Whether what is said of a feature holds: by what its definitions do to it, and by how often it fires in the corpus. What
 * the model says of what it holds where the feature fires counts where the feature's vector does not read back.
 *
 * @param evidence where the feature fires; undefined where nothing is known
 */
export function verdictOf(
  {
    definitions,
    firing,
    thresholds,
    calibrated,
  }: Pick<FeatureReport, 'definitions' | 'firing' | 'thresholds' | 'calibrated'>,
  evidence: Pick<FeatureEvidence, 'density' | 'maximum' | 'label'> | undefined,
): FeatureVerdict {
  const maximum = evidence?.maximum;
  const shareOf = (leading: SpokenDefinition | undefined) =>
    leading?.readBack ?? (leading && maximum ? leading.activation / maximum : undefined);
  const vector = { share: shareOf(definitions[0]), on: definitions[0]?.text };
  const places = { share: shareOf(firing?.[0]), on: firing?.[0]?.text, by: 'firing' as const };
  const { readsBack = Number.POSITIVE_INFINITY, partly } = thresholds;
  const isVectorTrue = (vector.share ?? 0) >= readsBack;
  const arePlacesTrue = !isVectorTrue && (places.share ?? 0) >= thresholds.firing;
  const stronger =
    arePlacesTrue || (!isVectorTrue && (places.share ?? 0) > (vector.share ?? 0)) ? places : vector;
  const kind = (): VerdictKind => {
    if (evidence?.density === 0 || maximum === 0) return 'dead';
    if ((evidence?.density ?? 0) > ALWAYS_ON) return 'alwaysOn';
    if (maximum === undefined && stronger.share === undefined) return 'notMeasured';
    if (isVectorTrue || arePlacesTrue) return 'readsBack';
    return (stronger.share ?? 0) >= partly ? 'partly' : 'nothing';
  };
  const label = evidence?.label?.heldOut;
  return {
    kind: kind(),
    ...(stronger.share !== undefined && { readBack: stronger.share }),
    ...(stronger.share && { on: stronger.on!, ...(stronger === places && { by: places.by }) }),
    calibrated,
    ...(label && { label }),
  };
}
