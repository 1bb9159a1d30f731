import type { RegisteredSae } from './sae.js';
import { whyNotAsked } from './support.js';

/**
 * Which SAEs of the registry can be asked, as a table in Markdown: a row for each family, format, place and architecture.
 *
 * @param of where the registry comes from, and of which day it is
 */
export function coverage(saes: readonly RegisteredSae[], of: { source: string; date: string }): string {
  const rows = new Map<string, { asked: number; all: number; why: string }>();
  for (const sae of saes) {
    const key = [sae.family, sae.loader, sae.site, sae.architecture].join(' | ');
    const row = rows.get(key) ?? { asked: 0, all: 0, why: '' };
    const why = whyNotAsked(sae);
    rows.set(key, { asked: row.asked + (why ? 0 : 1), all: row.all + 1, why: why ?? row.why });
  }
  const asked = saes.filter((sae) => whyNotAsked(sae) === undefined).length;
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# SAEs of the registry',
    '',
    `${asked} of ${saes.length} SAEs (${((100 * asked) / saes.length).toFixed(1)} %) of ${of.source} (${of.date}) can be asked: \`ghosttree saes RELEASE ID\` prints the entry of \`models.yaml\` by which \`pull\` gets one. \`ghosttree saes coverage\` prints this page.`,
    '',
    'That means: ghosttree knows the family of its model, its format, its place and its architecture, each held against another implementation on small files of the same layout ([methods.md](methods.md)); its entry of `models.yaml` can be read, and `pull` finds its files by the names that the format has (`test/hub/registry.test.ts`). Whether the published files themselves are as their format says, only a pull shows.',
    '',
    '| family | format | place | architecture | SAEs | can be asked | why not |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...sorted.map(([key, { asked: some, all, why }]) => `| ${key} | ${all} | ${some} | ${why} |`),
    '',
  ].join('\n');
}
