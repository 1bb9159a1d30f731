import type { ReplyPicture } from '../line/command.js';

/** A picture as SVG with its words as text; undefined where only its pixels are known. */
export async function pictureSvg({ name, alt, scene }: ReplyPicture): Promise<string | undefined> {
  if (!scene) return undefined;
  // Loaded only when somebody wants a file of that kind.
  const { sceneSvg } = await import('../../renderers/svg/index.js');
  return sceneSvg(scene, name.replace(/\.\w+$/, ''), alt);
}
