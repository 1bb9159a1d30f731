import type { RegisteredSae } from './sae.js';

/**
 * The entry of models.yaml by which an SAE of the registry can be pulled and asked.
 *
 * @returns its id and its text in YAML
 */
export function catalogueEntry(sae: RegisteredSae): { id: string; yaml: string } {
  const { release, model, repository, path, layer, site, features } = sae;
  const id = `${release}.${sae.id}`.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  const details = [
    ...(sae.normScalingFactor === undefined ? [] : [`normScalingFactor: ${sae.normScalingFactor}`]),
    ...(sae.l0 ? [`parity: { l0: ${sae.l0} }`] : []),
  ];
  const lines = [
    `${id}:`,
    `  title: ${JSON.stringify(`${model.split('/').at(-1)}, ${release}`)}`,
    `  hub: { repository: ${model} }`,
    '  sae:',
    `    release: ${JSON.stringify(release)}`,
    `    hook: blocks.{layer}.hook_${site}`,
    `    features: ${features}`,
    ...(sae.neuronpedia === undefined ? [] : [`    neuronpedia: ${JSON.stringify(sae.neuronpedia)}`]),
    `    hub: { repository: ${repository} }`,
    `    path: ${JSON.stringify(path)}`,
    ...(sae.centered ? ['    centered: true'] : []),
    `    layers: { ${layer}: ${details.length === 0 ? 'null' : `{ ${details.join(', ')} }`} }`,
  ];
  return { id, yaml: `${lines.join('\n')}\n` };
}
