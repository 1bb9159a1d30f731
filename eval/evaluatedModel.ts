import { type Configuration, coreSettings, readConfiguration } from '../src/configuration/index.js';
import { loadModel } from '../src/core/runtime/opened/index.js';
import { glossConfiguration } from '../test/support/glossModel.js';

/** The model that ships, open, with what an answer about it needs; close it. */
export function openEmbeddedModel() {
  return openModel(readConfiguration());
}

/** gloss-12l, which evaluations are about, open as well; close it. */
export function openEvaluatedModel() {
  return openModel(readConfiguration(glossConfiguration()));
}

/** Lets an evaluation use gloss-12l, and closes it. */
export async function withEvaluatedModel<Result>(
  use: (opened: Awaited<ReturnType<typeof openModel>>) => Promise<Result>,
): Promise<Result> {
  const opened = await openEvaluatedModel();
  try {
    return await use(opened);
  } finally {
    await opened.model.close();
  }
}

/** Opens the model of commands that name none. */
async function openModel({ settings, models }: Configuration) {
  const source = models.get(settings.model)!;
  const { threads, batch } = coreSettings(settings);
  const model = await loadModel(source, { threads });
  return {
    model,
    source,
    // What evaluations compare with; each says where it departs from it.
    defaults: { ...settings.defaults, prune: 'off' as const, at: 'input' as const, scale: 'auto' as const },
    limits: {
      treeMilliseconds: 60_000,
      textMilliseconds: 600_000,
      listMilliseconds: 60_000,
      dreamMilliseconds: 60_000,
      batch,
    },
  };
}
