import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../../../configuration/yaml.js';
import { PROJECT_FOLDER } from '../../../files/projectFolder.js';

/** Without these there is no answer. */
export const NEEDED_SCOPES = ['app_mentions:read', 'chat:write', 'commands', 'files:write', 'im:history'];

const Manifest = z.looseObject({
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()) }) }),
});

/** What workspaces are asked to grant: all that config/slack-manifest.yaml names, which says what each is for. */
export function manifestScopes(): string[] {
  const manifest = readYaml(join(PROJECT_FOLDER, 'config', 'slack-manifest.yaml'), Manifest);
  return manifest.oauth_config.scopes.bot;
}
