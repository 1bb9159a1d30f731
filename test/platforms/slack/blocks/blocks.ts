import { isFields, objects } from '../args.js';
import type { Fields } from '../types.js';
import { validateElement } from './blockElements.js';
import { type Complain, checkText } from './blockText.js';
import { LIMITS } from './limits.js';

export type Surface = 'message' | 'modal';

/** Block types by the surfaces they may stand on, as far as a bot like ours would use them. */
const SURFACES: Record<string, readonly Surface[]> = {
  actions: ['message', 'modal'],
  context: ['message', 'modal'],
  divider: ['message', 'modal'],
  header: ['message', 'modal'],
  image: ['message', 'modal'],
  input: ['message', 'modal'],
  markdown: ['message'],
  rich_text: ['message', 'modal'],
  section: ['message', 'modal'],
};

/** What Slack would say against these blocks; an empty list when it would take them. */
export function validateBlocks(blocks: unknown, surface: Surface): string[] {
  const complaints: string[] = [];
  const complain: Complain = (what, pointer) => complaints.push(`${what} [json-pointer:${pointer}]`);
  if (!Array.isArray(blocks)) return ['must be an array [json-pointer:/blocks]'];
  const most = surface === 'modal' ? LIMITS.modalBlocks : LIMITS.messageBlocks;
  if (blocks.length > most) complain(`no more than ${most} items allowed`, '/blocks');
  const ids = new Set<string>();
  for (const [index, block] of blocks.entries()) {
    const pointer = `/blocks/${index}`;
    if (!isFields(block)) {
      complain('must be an object', pointer);
    } else if (!SURFACES[String(block.type)]?.includes(surface)) {
      complain(`unsupported type: ${block.type}`, `${pointer}/type`);
    } else {
      checkBlockId(block, pointer, ids, complain);
      validateBlock(block, pointer, new Set(), complain);
    }
  }
  return complaints;
}

function checkBlockId(block: Fields, pointer: string, ids: Set<string>, complain: Complain): void {
  const { block_id: id } = block;
  if (id === undefined) return;
  if (typeof id !== 'string') {
    complain('must be a string', `${pointer}/block_id`);
    return;
  }
  if (id.length > LIMITS.blockId) {
    complain(`must be less than ${LIMITS.blockId + 1} characters`, `${pointer}/block_id`);
  }
  if (ids.has(id)) complain(`block_id already exists: ${id}`, `${pointer}/block_id`);
  ids.add(id);
}

function validateBlock(block: Fields, pointer: string, actionIds: Set<string>, complain: Complain): void {
  switch (block.type) {
    case 'section':
      validateSection(block, pointer, actionIds, complain);
      break;
    case 'header':
      checkText(block.text, `${pointer}/text`, LIMITS.headerText, complain, 'plain');
      break;
    case 'markdown':
      if (typeof block.text !== 'string') {
        complain('missing required field: text', pointer);
      } else if (block.text.length > LIMITS.markdownText) {
        complain(`must be less than ${LIMITS.markdownText + 1} characters`, `${pointer}/text`);
      }
      break;
    case 'context':
      each(block, pointer, LIMITS.contextElements, complain, (element, at) => {
        if (element.type === 'image') validateElement(element, at, actionIds, complain);
        else checkText(element, at, LIMITS.sectionText, complain);
      });
      break;
    case 'actions':
      each(block, pointer, LIMITS.actionsElements, complain, (element, at) =>
        validateElement(element, at, actionIds, complain),
      );
      break;
    case 'image':
      validateElement(block, pointer, actionIds, complain);
      break;
    case 'input':
      checkText(block.label, `${pointer}/label`, LIMITS.inputLabel, complain, 'plain');
      if (block.hint) checkText(block.hint, `${pointer}/hint`, LIMITS.inputHint, complain, 'plain');
      if (isFields(block.element)) validateElement(block.element, `${pointer}/element`, actionIds, complain);
      else complain('missing required field: element', pointer);
      break;
    case 'rich_text':
      if (!Array.isArray(block.elements)) complain('missing required field: elements', pointer);
      break;
  }
}

function validateSection(block: Fields, pointer: string, actionIds: Set<string>, complain: Complain): void {
  if (block.text === undefined && block.fields === undefined) {
    complain('missing required field: text', pointer);
    return;
  }
  if (block.text !== undefined) checkText(block.text, `${pointer}/text`, LIMITS.sectionText, complain);
  if (block.fields !== undefined) {
    const fields = Array.isArray(block.fields) ? block.fields : [];
    if (fields.length === 0 || fields.length > LIMITS.sectionFields) {
      complain(`must have 1 to ${LIMITS.sectionFields} items`, `${pointer}/fields`);
    }
    for (const [index, field] of fields.entries()) {
      checkText(field, `${pointer}/fields/${index}`, LIMITS.sectionField, complain);
    }
  }
  if (isFields(block.accessory)) {
    validateElement(block.accessory, `${pointer}/accessory`, actionIds, complain);
  }
}

function each(
  block: Fields,
  pointer: string,
  most: number,
  complain: Complain,
  check: (element: Fields, pointer: string) => void,
): void {
  const elements = objects(block.elements);
  if (elements.length === 0 || elements.length > most) {
    complain(`must have 1 to ${most} items`, `${pointer}/elements`);
  }
  for (const [index, element] of elements.entries()) check(element, `${pointer}/elements/${index}`);
}
