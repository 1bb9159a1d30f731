/**
 * The environment of somebody who knows nothing of this folder, so that a program or npm behaves as on their machine:
 * only where npm gets packages is as it is here.
 *
 * @param more variables beside it
 */
export function strangersEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_(registry|cache)$)|GHOSTTREE_|VITEST|NODE_ENV|NODE_OPTIONS|INIT_CWD)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    ...more,
  };
}
