/** Discord's published limits; lengths are characters, sizes bytes, times milliseconds. */
export const LIMITS = {
  content: 2000,
  embeds: 10,
  embedTotal: 6000,
  embedTitle: 256,
  embedDescription: 4096,
  embedFields: 25,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  author: 256,
  rows: 5,
  buttonsInRow: 5,
  customId: 100,
  buttonLabel: 80,
  selectOptions: 25,
  selectText: 100,
  placeholder: 150,
  modalTitle: 45,
  modalComponents: 5,
  inputLabel: 45,
  inputPlaceholder: 100,
  inputValue: 4000,
  files: 10,
  /** Documented for each file; here all files of a request share it, which is never too generous. */
  uploadBytes: 10 * 1024 * 1024,
  /** The whole request, whatever it holds. */
  requestBytes: 25 * 1024 * 1024,
  fileDescription: 1024,
  nonce: 25,
  commandName: 32,
  commandDescription: 100,
  commandOptions: 25,
  commandChoices: 25,
  choiceText: 100,
  /** Names, descriptions and choice values of one command together. */
  commandTotal: 8000,
  chatInputCommands: 100,
  contextMenuCommands: 15,
  threadName: 100,
  /** Within this time an interaction has to be answered the first time. */
  ackMs: 3000,
  /** So long its token may post and edit. */
  tokenMs: 15 * 60_000,
  /** A gateway packet from the client. */
  gatewayPayloadBytes: 4096,
  gatewayPacketsPerMinute: 120,
} as const;
