import { examineDiscord } from '../../adapters/discord/index.js';
import { type Finding, ok, type Patient, warning, wrong } from './finding.js';

/** With fewer logins left, a bot that restarts in a loop will soon be shut out for the day. */
const FEW_LOGINS = 20;

/** Whether Discord accepts the token, and what the bot may do in the servers that it is in. */
export async function checkDiscord({ environment }: Patient): Promise<Finding[]> {
  const settings = environment?.discord;
  if (!settings) return [];
  const { botName, servers, loginsLeft, invite } = await examineDiscord(settings);
  const findings = [ok(`Discord: the token is that of ${botName}, and needs no privileged intents`)];
  if (servers.length === 0)
    findings.push(warning('Discord: the bot is in no server', `invite it: ${invite}`));
  for (const { name, missing } of servers) {
    if (missing.length === 0) findings.push(ok(`Discord: has its permissions in ${name}`));
    else {
      const what = `Discord: lacks ${missing.join(', ')} in ${name}`;
      findings.push(warning(what, `give its role those permissions, or invite it again: ${invite}`));
    }
  }
  if (loginsLeft < FEW_LOGINS) {
    const what = `Discord: ${loginsLeft} more logins are allowed today`;
    findings.push((loginsLeft === 0 ? wrong : warning)(what, 'find out why the bot restarts so often'));
  }
  return findings;
}
