import { configurationFolder, readEnvironment } from '../../configuration/environment.js';
import { readConfiguration } from '../../configuration/index.js';
import { type Finding, ok, type Patient, warning, wrong } from './finding.js';

/** Whether the files of the configuration can be read; later checks find their content in the patient. */
export async function checkConfiguration(patient: Patient): Promise<Finding[]> {
  try {
    patient.configuration = readConfiguration(configurationFolder(patient.variables));
    return [ok('Configuration: ghosttree.yaml and models.yaml')];
  } catch (error) {
    return [wrong((error as Error).message, 'mend the file; models and memory could not be checked')];
  }
}

/** Whether the variables make sense together. */
export async function checkEnvironment(patient: Patient): Promise<Finding[]> {
  const { variables } = patient;
  const hasPlatform = [
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'SLACK_SIGNING_SECRET',
    'SLACK_CLIENT_ID',
    'DISCORD_TOKEN',
  ].some((name) => variables[name]?.trim());
  if (!hasPlatform)
    return [
      warning(
        'No chat platform has a token',
        'docs/slack.md and docs/discord.md tell how; the terminal needs none',
      ),
    ];
  patient.environment = readEnvironment(variables);
  return [ok('Environment: complete')];
}
