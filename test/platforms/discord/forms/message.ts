import { refusal } from '../protocol/errors.js';
import { LIMITS } from '../protocol/limits.js';
import { MessageFlag } from '../protocol/numbers.js';
import { snowflake } from '../protocol/snowflake.js';
import type { AllowedMentions, Attachment, Component, JsonObject } from '../world/records.js';
import { readRows } from './components.js';
import { readEmbeds } from './embeds.js';
import { Form } from './form.js';

/** A file as it came in a multipart request; `index` is the n of `files[n]`. */
export interface Upload {
  readonly index: number;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** What a request says about a message; undefined leaves an existing message's part as it is. */
export interface MessageDraft {
  readonly content?: string;
  readonly embeds?: JsonObject[];
  readonly components?: Component[];
  /** The complete new list, kept ones included. */
  readonly attachments?: Attachment[];
  readonly allowedMentions?: AllowedMentions;
  readonly flags: number;
  readonly nonce?: string;
  readonly enforceNonce: boolean;
  readonly replyTo?: string;
  /** Post without the reference when the message replied to is gone. */
  readonly repliesToNothing?: boolean;
}

/** Reads and checks a message to create or, with `existing` attachments, to edit. */
export function readMessage(body: unknown, uploads: Upload[], existing?: Attachment[]): MessageDraft {
  const form = Form.of(body);
  const draft = readDraft(form, uploads, existing);
  form.finish();
  return draft;
}

/** The same for a message inside another body; the caller finishes the form. */
export function readDraft(form: Form, uploads: Upload[], existing?: Attachment[]): MessageDraft {
  const flags = form.integer('flags', { min: 0 }) ?? 0;
  if (flags & MessageFlag.IsComponentsV2) {
    form.problem(['flags'], 'NOT_SPOKEN_HERE', 'This test platform does not know components of version 2');
  }
  const content = form.string('content', { max: LIMITS.content });
  const clearsContent = existing !== undefined && form.fields.content === null;
  const embeds = readEmbeds(form);
  const components = readRows(form);
  const attachments = readAttachments(form, uploads, existing);
  const allowedMentions = form.child('allowed_mentions', readAllowedMentions);
  const nonce = form.has('nonce') ? String(form.fields.nonce) : undefined;
  if (nonce !== undefined && nonce.length > LIMITS.nonce) {
    form.problem(['nonce'], 'BASE_TYPE_MAX_LENGTH', `Must be ${LIMITS.nonce} or fewer in length.`);
  }
  const reference = form.child('message_reference', (child) => ({
    replyTo: child.snowflake('message_id'),
    mustExist: child.boolean('fail_if_not_exists') ?? true,
  }));
  return {
    ...(content === undefined && !clearsContent ? {} : { content: (content ?? '').trim() }),
    ...(embeds === undefined ? {} : { embeds }),
    ...(components === undefined ? {} : { components }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(allowedMentions === undefined ? {} : { allowedMentions }),
    flags,
    ...(nonce === undefined ? {} : { nonce }),
    enforceNonce: form.boolean('enforce_nonce') ?? false,
    ...(reference?.replyTo === undefined ? {} : { replyTo: reference.replyTo }),
    repliesToNothing: reference?.mustExist === false,
  };
}

/** Refuses a message with nothing in it (50006). */
export function requireSomething({ content, embeds, components, attachments }: MessageDraft): void {
  const isEmpty = !content && !embeds?.length && !components?.length && !attachments?.length;
  if (isEmpty) throw refusal('emptyMessage');
}

/** `attachments` describes new files by their index and keeps old ones by their id; unlisted old ones go. */
function readAttachments(
  form: Form,
  uploads: Upload[],
  existing: Attachment[] = [],
): Attachment[] | undefined {
  const listed = form.list('attachments', { max: LIMITS.files }, (item) => ({
    item,
    id: String(item.fields.id ?? ''),
    filename: item.string('filename'),
    description: item.string('description', { max: LIMITS.fileDescription }),
  }));
  if (listed === undefined && uploads.length === 0) return undefined;
  const kept =
    listed === undefined ? existing : existing.filter(({ id }) => listed.some((entry) => entry.id === id));
  for (const { item, id } of listed ?? []) {
    const isKnown =
      existing.some((file) => file.id === id) || uploads.some(({ index }) => String(index) === id);
    if (!isKnown) item.problem(['id'], 'ATTACHMENT_NOT_FOUND', 'Attachment data for the id was not found');
  }
  const added = uploads.map((upload) => {
    const described = listed?.find(({ id }) => id === String(upload.index));
    return {
      id: snowflake(),
      filename: safeFilename(described?.filename ?? upload.filename),
      ...(described?.description ? { description: described.description } : {}),
      contentType: upload.contentType,
      bytes: upload.bytes,
    };
  });
  const all = [...kept, ...added];
  if (all.length > LIMITS.files) {
    form.problem(['attachments'], 'BASE_TYPE_MAX_LENGTH', `Must be ${LIMITS.files} or fewer in length.`);
  }
  return all;
}

function safeFilename(name: string): string {
  return name.replace(/[^\w.-]+/g, '_');
}

function readAllowedMentions(form: Form): AllowedMentions {
  const strings = (name: string) => {
    const value = form.fields[name];
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value) && value.length <= 100) return value.map(String);
    form.problem([name], 'BASE_TYPE_MAX_LENGTH', 'Must be a list of 100 or fewer.');
    return undefined;
  };
  const [parse, users, roles] = [strings('parse'), strings('users'), strings('roles')];
  for (const [index, kind] of (parse ?? []).entries()) {
    if (!['everyone', 'users', 'roles'].includes(kind)) {
      form.problem(
        ['parse', index],
        'BASE_TYPE_CHOICES',
        "Value must be one of ('users', 'roles', 'everyone').",
      );
    }
  }
  for (const [name, ids] of [
    ['users', users],
    ['roles', roles],
  ] as const) {
    if (parse?.includes(name) && ids && ids.length > 0) {
      form.problem(
        [],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${name}"] and ${name}: [ids...] are mutually exclusive.`,
      );
    }
  }
  const repliedUser = form.boolean('replied_user');
  return {
    ...(parse === undefined ? {} : { parse }),
    ...(users === undefined ? {} : { users }),
    ...(roles === undefined ? {} : { roles }),
    ...(repliedUser === undefined ? {} : { repliedUser }),
  };
}
