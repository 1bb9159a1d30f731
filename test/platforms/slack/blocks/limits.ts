/** Slack's documented limits in characters and counts, and the two it enforces without documenting. */
export const LIMITS = {
  messageBlocks: 50,
  modalBlocks: 100,
  /** chat.postMessage cuts here and says nothing. */
  messageText: 40_000,
  /** chat.update refuses here: ten times less than chat.postMessage. */
  updateText: 4_000,
  /**
   * msg_blocks_too_long counts the text of all blocks together. Undocumented: 9 597 characters were seen
   * accepted, 11 341 refused (bolt-js issue 2867), so the largest known to pass is the limit here.
   */
  messageBlocksText: 9_600,
  sectionText: 3_000,
  sectionField: 2_000,
  sectionFields: 10,
  headerText: 150,
  contextElements: 10,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2_000,
  url: 3_000,
  actionId: 255,
  blockId: 255,
  imageAltText: 2_000,
  imageTitle: 2_000,
  inputLabel: 2_000,
  inputHint: 2_000,
  placeholder: 150,
  options: 100,
  optionText: 75,
  optionValue: 150,
  overflowOptions: 5,
  markdownText: 12_000,
  modalTitle: 24,
  modalButton: 24,
  privateMetadata: 3_000,
  callbackId: 255,
  viewBytes: 250_000,
  /** Of files.getUploadURLExternal, whose argument is alt_txt; image blocks have their own limit. */
  fileAltText: 1_000,
  snippetBytes: 1_000_000,
} as const;
