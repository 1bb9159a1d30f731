/** Every budget of a picture in one place. Lengths in pixels. */
export const LIMITS = {
  /** Longest side of a PNG. */
  side: 10_000,
  /** Most pixels of a PNG: canvas needs 4 bytes for each. */
  area: 48_000_000,
  /** Largest PNG in bytes; Discord takes 10 MiB, Slack more. */
  bytes: 8_000_000,
  /** Most nodes that are ever laid out. */
  nodes: 4_000,
  /** Longest token in characters; the rest becomes an ellipsis. */
  tokenLength: 40,
} as const;
