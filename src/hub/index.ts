/** Models from the Hugging Face Hub: fetched, checked, removed. */
export { type PullControl, type PullProgress, type PullRequest, type PullResult, pull } from './pull.js';
export { remove } from './remove.js';
