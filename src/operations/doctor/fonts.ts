import { drawSample } from '../../../renderers/canvas/sample.js';
import { type Finding, ok, wrong } from './finding.js';

/** Scripts that come from different font files. */
const SAMPLES = ['Latin', 'Ελληνικά', 'عربي', 'हिन्दी', '漢字', '👻'];

/** Draws a text in several scripts, as pictures do. */
export async function checkFonts(): Promise<Finding[]> {
  try {
    const blank = await drawSample('');
    for (const sample of SAMPLES) {
      if ((await drawSample(sample)).equals(blank)) {
        return [
          wrong(`Fonts: "${sample}" comes out empty`, 'install ghosttree again: renderers/fonts is damaged'),
        ];
      }
    }
  } catch (error) {
    return [
      wrong(
        (error as Error).message.split('\n')[0]!,
        'in a clone, script/setup installs canvas, or says which system libraries it needs',
      ),
    ];
  }
  return [ok(`Fonts: drew ${SAMPLES.length} scripts`)];
}
