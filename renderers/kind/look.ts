/** What both pictures of `/kind` have alike: space between panels and size of the key in pixels, and its most lines. */
export const KIND_LOOK = { gap: 28, key: 17, lines: 6 } as const;
