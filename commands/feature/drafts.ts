import type { FeatureEvidence, NearFeatures, SaidSoFar } from '../../src/core/index.js';
import { verdictOf } from '../../src/core/judging.js';
import type { JobProgress } from '../../src/jobs/index.js';
import { featureLines } from './lines.js';

/** What is known before a feature's tree has grown, told as soon as it is. */
export class Drafts {
  private evidence: FeatureEvidence | undefined;
  private said: SaidSoFar | undefined;

  /**
   * @param withLabels adds the labels of features that are near
   * @param tell called with the lines that are known
   */
  constructor(
    private readonly withLabels: (near: NearFeatures) => Promise<NearFeatures>,
    private readonly tell: (text: string) => void,
  ) {}

  /** Where the feature fires, which needs no model. */
  fires(evidence: FeatureEvidence | undefined): void {
    this.evidence = evidence;
    this.show();
  }

  /** Looks for what the model says among the signs of progress. */
  readonly heed = (progress: JobProgress): void => {
    if (progress.stage !== 'said') return;
    const { stage: _stage, part: _part, ...said } = progress;
    void this.saidSoFar(said);
  };

  private async saidSoFar(said: SaidSoFar): Promise<void> {
    const near = said.near && (await this.withLabels(said.near).catch(() => said.near));
    this.said = { ...said, ...(near && { near }) };
    this.show();
  }

  private show(): void {
    const { evidence, said } = this;
    const told = said ? { ...said, verdict: verdictOf(said, evidence) } : {};
    this.tell(featureLines({ ...told, ...(evidence && { evidence }) }).join('\n'));
  }
}
