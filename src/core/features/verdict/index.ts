import type { FeatureEvidence } from '../../report/evidence.js';
import type { FeatureReport } from '../../report/feature.js';
import type { FeatureVerdict, VerdictKind } from '../../report/verdict.js';

/** Share of all tokens above which a feature is always on. */
export const ALWAYS_ON = 0.2;

/**
 * Whether what is said of a feature holds: by what its definitions do to it, and by how often it fires in the corpus.
 *
 * @param evidence where the feature fires; undefined where nothing is known
 */
export function verdictOf(
  { definitions, thresholds, calibrated }: Pick<FeatureReport, 'definitions' | 'thresholds' | 'calibrated'>,
  evidence: Pick<FeatureEvidence, 'density' | 'maximum' | 'label'> | undefined,
): FeatureVerdict {
  const [leading] = definitions;
  const maximum = evidence?.maximum;
  const readBack = leading?.readBack ?? (leading && maximum ? leading.activation / maximum : undefined);
  const measured = { ...(readBack !== undefined && { readBack }), ...(readBack && { on: leading!.text }) };
  const kind = (): VerdictKind => {
    if (evidence?.density === 0 || maximum === 0) return 'dead';
    if ((evidence?.density ?? 0) > ALWAYS_ON) return 'alwaysOn';
    if (maximum === undefined && readBack === undefined) return 'notMeasured';
    if ((readBack ?? 0) >= thresholds.readsBack) return 'readsBack';
    return (readBack ?? 0) >= thresholds.partly ? 'partly' : 'nothing';
  };
  const label = evidence?.label?.heldOut;
  return { kind: kind(), ...measured, calibrated, ...(label && { label }) };
}
