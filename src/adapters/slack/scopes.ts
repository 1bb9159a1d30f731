/** What workspaces are asked to grant; config/slack-manifest.yaml says what each is for. */
export const SCOPES = [
  'app_mentions:read',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:write',
  'users:read',
];

/** Without these there is no answer. */
export const NEEDED_SCOPES = ['app_mentions:read', 'chat:write', 'commands', 'files:write', 'im:history'];
