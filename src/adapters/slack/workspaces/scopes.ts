import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../../../configuration/yaml.js';
import { PROJECT_FOLDER } from '../../../files/projectFolder.js';

/** What does not work without a scope; without the first five there are questions that get no whole answer. */
const WITHOUT: Readonly<Record<string, string>> = {
  'app_mentions:read': 'mentions are not heard',
  'chat:write': 'nothing is answered',
  commands: 'no slash command or shortcut is heard',
  'files:write': 'no pictures and no reports',
  'im:history': 'direct messages are not heard',
  'channels:history': 'a message whose delivery failed may be missing',
  'files:read': 'pictures may stay in the thread',
  'channels:join': 'public channels need an invitation',
  'reactions:read': 'votes are not counted',
};

/** What of the above does not work with these scopes: `files:write (no pictures and no reports)`. */
export function lackingScopes(granted: readonly string[]): string[] {
  return Object.entries(WITHOUT)
    .filter(([scope]) => !granted.includes(scope))
    .map(([scope, what]) => `${scope} (${what})`);
}

const Manifest = z.looseObject({
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()) }) }),
});

/** What workspaces are asked to grant: all that config/slack-manifest.yaml names, which says what each is for. */
export function manifestScopes(): string[] {
  const manifest = readYaml(join(PROJECT_FOLDER, 'config', 'slack-manifest.yaml'), Manifest);
  return manifest.oauth_config.scopes.bot;
}
