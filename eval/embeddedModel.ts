import { coreSettings, readConfiguration } from '../src/configuration/index.js';
import { loadModel } from '../src/core/runtime/opened/index.js';

/** The embedded model, open, with what an answer about it needs; close it. */
export async function openEmbeddedModel() {
  const { settings, models } = readConfiguration();
  const source = models.get('gloss-12l')!;
  const { threads, batch } = coreSettings(settings);
  const model = await loadModel(source, { threads });
  return {
    model,
    source,
    // What evaluations compare with; each says where it departs from it.
    defaults: { ...settings.defaults, prune: 'off' as const, scale: 'auto' as const },
    limits: {
      treeMilliseconds: 60_000,
      textMilliseconds: 600_000,
      listMilliseconds: 60_000,
      dreamMilliseconds: 60_000,
      batch,
    },
  };
}

/** Lets an evaluation use the embedded model, and closes it. */
export async function withEmbeddedModel<Result>(
  use: (embedded: Awaited<ReturnType<typeof openEmbeddedModel>>) => Promise<Result>,
): Promise<Result> {
  const embedded = await openEmbeddedModel();
  try {
    return await use(embedded);
  } finally {
    await embedded.model.close();
  }
}
