/** Shared by both pictures of `/kind`: space between panels and size of the key in pixels, and the key's most lines. */
export const KIND_LOOK = { gap: 28, key: 17, lines: 6 } as const;
