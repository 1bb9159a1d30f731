import { sceneSvg } from '../../renderers/svg/index.js';
import type { ReplyPicture } from '../line/command.js';

/** A picture as SVG with its words as text; undefined where only its pixels are known. */
export function pictureSvg({ name, alt, scene }: ReplyPicture): string | undefined {
  return scene && sceneSvg(scene, name.replace(/\.\w+$/, ''), alt);
}
