import { join } from 'node:path';
import { z } from 'zod';
import { examineSlack } from '../../adapters/slack/index.js';
import { PROJECT_FOLDER } from '../../configuration/projectFolder.js';
import { readYaml } from '../../configuration/yaml.js';
import { type Finding, ok, type Patient, warning } from './finding.js';

const Manifest = z.looseObject({
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()) }) }),
});

/** Whether Slack accepts the tokens, and the app has the scopes of the manifest. */
export async function checkSlack({ environment }: Patient): Promise<Finding[]> {
  const slack = environment?.slack;
  if (!slack) return [];
  const examined = await examineSlack(slack);
  if (!examined) {
    return [
      warning(
        'Slack: workspaces install the app themselves; their tokens were not looked at',
        'see the log of `ghosttree serve`',
      ),
    ];
  }
  const { team, botName, scopes } = examined;
  const wanted = readYaml(join(PROJECT_FOLDER, 'config/slack-manifest.yaml'), Manifest).oauth_config.scopes
    .bot;
  const missing = wanted.filter((scope) => !scopes.includes(scope));
  const findings = [ok(`Slack: the tokens are those of @${botName} in ${team}`)];
  if (missing.length > 0) {
    const remedy =
      'paste config/slack-manifest.yaml into "App Manifest" of your Slack app and install it again; docs/slack.md tells what each is for';
    findings.push(warning(`Slack: the app lacks the scopes ${missing.join(', ')}`, remedy));
  }
  if (slack.signingSecret && !slack.appToken)
    findings.push(
      warning('Slack: the signing secret could not be checked', 'ask something: Slack signs its requests'),
    );
  return findings;
}
