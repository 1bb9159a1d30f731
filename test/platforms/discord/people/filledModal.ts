import { ComponentType } from '../protocol/numbers.js';
import type { Component, JsonObject, Modal } from '../world/records.js';

/** The components of a submission; throws where the client would not let a person submit. */
export function filledModal(modal: Modal, values: Record<string, string>): JsonObject[] {
  const inputs = modal.components.flatMap(
    (part) => part.components ?? (part.component ? [part.component] : []),
  );
  const known = inputs.map((input) => input.custom_id);
  for (const id of Object.keys(values)) {
    if (!known.includes(id)) throw new Error(`the modal has no input "${id}"; it has: ${known.join(', ')}`);
  }
  let id = 0;
  return modal.components.map((part) => {
    id += 1;
    if (part.type === ComponentType.TextDisplay) return { type: part.type, id };
    if (part.type === ComponentType.Label) {
      return { type: part.type, id, component: { ...filledInput(part.component!, values), id: id + 100 } };
    }
    const components = (part.components ?? []).map((input) => ({
      ...filledInput(input, values),
      id: id + 100,
    }));
    return { type: part.type, id, components };
  });
}

function filledInput(input: Component, values: Record<string, string>): JsonObject {
  const customId = input.custom_id!;
  if (input.type === ComponentType.StringSelect) {
    const preselected = input.options?.filter((option) => option.default).map(({ value }) => value) ?? [];
    const chosen = values[customId] === undefined ? preselected : [values[customId]];
    const isOffered = chosen.every((value) => input.options?.some((option) => option.value === value));
    if (!isOffered) throw new Error(`"${customId}" does not offer ${chosen.join(', ')}`);
    if (chosen.length === 0 && input.required !== false) throw new Error(`"${customId}" is required`);
    return { type: input.type, custom_id: customId, values: chosen };
  }
  const value = values[customId] ?? input.value ?? '';
  if (value === '' && input.required !== false) throw new Error(`"${customId}" is required`);
  if (value.length > (input.max_length ?? 4000)) throw new Error(`"${customId}" is too long`);
  if (value !== '' && value.length < (input.min_length ?? 0)) throw new Error(`"${customId}" is too short`);
  return { type: input.type, custom_id: customId, value };
}
