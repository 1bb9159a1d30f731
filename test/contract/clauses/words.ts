/** Answered in a moment. */
export const ORDINARY = 'feature 0 7 cutoff=0.01 tokens=20';
/** Not answered while a test lasts. */
export const LONG = 'feature 0 7 cutoff=1e-8 top=20 close=off nodes=20000';

export const TITLE = 'tiny-gpt2 · layer 0 · feature 7';
export const SECOND = 1_000;
