import { PromiseMemo } from '../../../async/promiseMemo.js';
import { measureStreamPlace } from '../../features/activation/streamPlace.js';
import type { Calibration, LearnedGhost, RunningModel, StreamPlace } from '../../model/model.js';
import { InputError } from '../../report/errors.js';
import { DerivedFile } from '../../weights/derived/derivedFile.js';
import { readOrFindOut } from '../../weights/derived/result.js';
import { STREAM_PLACE, streamPlaceOf } from '../../weights/derived/streamPlace.js';
import type { ModelSource } from '../../weights/files/source.js';
import { readCalibration } from '../../weights/speaking/calibration.js';
import { readLearnedGhost } from '../../weights/speaking/learnedGhost.js';

/** Where the ghosts of a model can be put, and at which of those places its features speak: each read or measured once. */
export class SpeakingPlaces {
  private readonly places = new PromiseMemo<number, StreamPlace>();
  private readonly learned = new PromiseMemo<string, LearnedGhost | undefined>();
  private readonly calibrations = new PromiseMemo<string, Calibration | undefined>();

  constructor(
    private readonly source: Pick<ModelSource, 'id' | 'folder' | 'prepared' | 'dtype'>,
    private readonly shape: { layers: number; hiddenSize: number },
  ) {}

  /** @throws {InputError} when the model has no such block, or no later one */
  streamPlace(model: Pick<RunningModel, 'language' | 'tokenizer'>, block: number): Promise<StreamPlace> {
    const { layers } = this.shape;
    if (block > layers - 2) {
      throw new InputError(
        `${this.source.id} has ${layers} blocks, and a ghost speaks after those from 0 to ${layers - 2} only: what stands after the last one is read by no other token. Ask with a smaller at=.`,
      );
    }
    return this.places.get(block, async () => {
      const file = await DerivedFile.in(this.source.prepared, await streamPlaceOf(this.source, block));
      const kept = { files: [file], keepIn: file, format: STREAM_PLACE };
      return (await readOrFindOut(kept, () => measureStreamPlace(model, block))).value;
    });
  }

  learnedGhost(hook: string): Promise<LearnedGhost | undefined> {
    return this.learned.get(hook, () => readLearnedGhost(this.source, hook, this.shape));
  }

  calibration(hook: string): Promise<Calibration | undefined> {
    return this.calibrations.get(hook, () => readCalibration(this.source, hook));
  }
}
