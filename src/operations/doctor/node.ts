import { type Finding, ok, type Patient, wrong } from './finding.js';

/** What package.json asks for, and what Slack's HTTP library needs beyond it. */
const OLDEST = [20, 9, 0];
const OLDEST_FOR_SLACK = [20, 18, 1];

/** Whether this Node.js is new enough. */
export async function checkNode(
  { variables }: Patient,
  version: string = process.versions.node,
): Promise<Finding[]> {
  const slack = Boolean(variables.SLACK_BOT_TOKEN?.trim() || variables.SLACK_CLIENT_ID?.trim());
  const oldest = slack ? OLDEST_FOR_SLACK : OLDEST;
  if (isOlder(version.split('.').map(Number), oldest)) {
    const wanted = `${oldest.join('.')} or newer`;
    return [wrong(`Node.js ${version} is too old`, `install Node.js ${wanted}: https://nodejs.org`)];
  }
  return [ok(`Node.js ${version}`)];
}

function isOlder(version: number[], oldest: number[]): boolean {
  const at = oldest.findIndex((part, index) => part !== version[index]);
  return at >= 0 && (version[at] ?? 0) < oldest[at]!;
}
