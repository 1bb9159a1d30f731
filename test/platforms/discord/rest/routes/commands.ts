import { isDeepStrictEqual } from 'node:util';
import { readCommand } from '../../forms/command.js';
import { Form } from '../../forms/form.js';
import { ApiError, refusal } from '../../protocol/errors.js';
import { LIMITS } from '../../protocol/limits.js';
import { CommandType } from '../../protocol/numbers.js';
import { snowflake } from '../../protocol/snowflake.js';
import type { Command } from '../../world/records.js';
import type { World } from '../../world/world.js';
import type { Call, Route } from '../route.js';

/** Application commands, global and of one guild: list, create, replace all, get, edit, delete. */
export function commandRoutes(world: World): Route[] {
  return [
    ...routesAt(world, '/applications/:application'),
    ...routesAt(world, '/applications/:application/guilds/:guild'),
  ];
}

function routesAt(world: World, base: string): Route[] {
  const path = `${base}/commands`;
  const scoped = (call: Call) => {
    const guildId = call.params.guild;
    if (call.params.application !== world.applicationId) throw refusal('unknownApplication');
    const guild = guildId === undefined ? undefined : world.guilds.get(guildId);
    if (guildId !== undefined && !guild?.members.has(world.bot.id)) throw refusal('missingAccess');
    return [...world.commands.values()].filter((command) => command.guildId === guildId);
  };
  const one = (call: Call): Command => {
    const command = scoped(call).find(({ id }) => id === call.params.command);
    if (!command) throw refusal('unknownCommand');
    return command;
  };
  return [
    { method: 'GET', path, handle: (call) => scoped(call).map(({ json }) => json) },
    {
      method: 'POST',
      path,
      handle: (call) => {
        const known = scoped(call);
        const command = define(world, call, call.body, known);
        checkCount([...known.filter(({ id }) => id !== command.id), command]);
        world.commands.set(command.id, command);
        return command.json;
      },
    },
    {
      method: 'PUT',
      path,
      handle: (call) => {
        const known = scoped(call);
        const bodies = readList(call.body);
        const commands = bodies.map((body) => define(world, call, body, known));
        checkCount(commands);
        for (const { id } of known) world.commands.delete(id);
        for (const command of commands) world.commands.set(command.id, command);
        return commands.map(({ json }) => json);
      },
    },
    { method: 'GET', path: `${path}/:command`, handle: (call) => one(call).json },
    {
      method: 'PATCH',
      path: `${path}/:command`,
      handle: (call) => {
        const command = one(call);
        const body = { ...command.json, ...(call.body as object) };
        const edited = define(world, call, body, [command]);
        world.commands.delete(command.id);
        world.commands.set(edited.id, {
          ...edited,
          id: command.id,
          json: { ...edited.json, id: command.id },
        });
        return { ...edited.json, id: command.id };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:command`,
      handle: (call) => {
        world.commands.delete(one(call).id);
        return undefined;
      },
    },
  ];
}

/** The command of a body; one of the same name and type keeps its id, and unchanged its version too. */
function define(world: World, call: Call, body: unknown, known: Command[]): Command {
  const form = Form.of(body);
  const fields = readCommand(form);
  form.finish();
  const guildId = call.params.guild;
  const former = known.find(({ name, type }) => name === fields.name && type === fields.type);
  const id = former?.id ?? snowflake();
  const whole = {
    id,
    application_id: world.applicationId,
    ...(guildId === undefined ? { dm_permission: true } : { guild_id: guildId }),
    ...fields,
  };
  const version = former?.json.version ?? snowflake();
  const json = { ...whole, version };
  if (former && !isDeepStrictEqual(former.json, json)) json.version = snowflake();
  return { id, name: fields.name, type: fields.type, json, ...(guildId === undefined ? {} : { guildId }) };
}

/** Errors of a bulk body are numbered by command, so it is read once as a whole first. */
function readList(body: unknown): unknown[] {
  if (!Array.isArray(body)) throw new ApiError(400, 50035, 'Invalid Form Body');
  const form = Form.of({ commands: body });
  const names = new Set<string>();
  form.list('commands', { max: 130 }, (item) => {
    const { name, type } = readCommand(item);
    const key = `${type}:${name}`;
    if (names.has(key)) {
      item.problem([], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    }
    names.add(key);
  });
  try {
    form.finish();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { commands } = error.errors as { commands?: object };
    throw new ApiError(400, 50035, error.message, commands);
  }
  return body;
}

function checkCount(commands: Command[]): void {
  for (const kind of Object.values(CommandType)) {
    const limit = kind === CommandType.ChatInput ? LIMITS.chatInputCommands : LIMITS.contextMenuCommands;
    if (commands.filter(({ type }) => type === kind).length > limit) throw refusal('tooManyCommands');
  }
}
