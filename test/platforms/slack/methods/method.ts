import type { Fields } from '../types.js';
import type { Workspace } from '../world/workspace.js';

/** One method of the Web API. */
export interface Method {
  /** The token it wants: the bot's, the app-level one of Socket Mode, or none. */
  token: 'bot' | 'app' | 'none';
  /** Any one of these scopes will do; none are needed when empty. */
  scopes: (args: Fields, workspace: Workspace) => readonly string[];
  /** Some reading methods take no JSON body. */
  formOnly?: boolean;
  /** Calls a minute, per channel where the method has one. */
  perMinute: number;
  call: (args: Fields, workspace: Workspace) => Fields;
}

export const scope =
  (...names: string[]) =>
  () =>
    names;
