import { examineSlack, manifestScopes } from '../../adapters/slack/index.js';
import { type Finding, ok, type Patient, warning } from './finding.js';

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
  const missing = manifestScopes().filter((scope) => !scopes.includes(scope));
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
