/**
 * The inference process: runs one job at a time and reports its progress. It is a process of its own because
 * onnxruntime blocks its thread while it computes, because a thread cannot be stopped while it does, and because
 * a crash in native code ends only this process.
 */
import { setImmediate } from 'node:timers/promises';
import { ANSWERS, type AnswerProgress, type QuestionKind } from '../../features/questions.js';
import { CancelledError, InputError } from '../../report/errors.js';
import { memoryNeeded } from '../../weights/memory.js';
import { loadModel, type OpenModel } from '../opened/index.js';
import { ModelShelf } from '../opened/shelf.js';
import type { Command, Job, Message, RuntimeSettings } from './messages.js';

let settings: RuntimeSettings;
let cancelled = false;
let running: Promise<void> = Promise.resolve();

const models = new ModelShelf<OpenModel>((source, memory) => {
  const onPrepare = async (done: number, total: number) => {
    send({ type: 'progress', progress: { stage: 'preparing', what: 'weights', share: done / total } });
    await checkCancelled();
  };
  return loadModel(source, settings, onPrepare, memory);
}, memoryNeeded);

/** How often the state is sent during a job. */
const STATE_MILLISECONDS = 1_000;
let stateSentAt = Number.NEGATIVE_INFINITY;

/** @param working whether a job is under way */
function sendState(working: boolean): void {
  stateSentAt = performance.now();
  const state = { residentBytes: process.memoryUsage.rss(), models: models.names() };
  send({ type: 'state', ...state, ...(working && { working }) });
}

async function answer<K extends QuestionKind>(job: Job<K>): Promise<Message> {
  const { kind, request, source, limits } = job;
  settings = job.settings;
  const tell = async (progress: AnswerProgress) => {
    send({ type: 'progress', progress });
    if (performance.now() - stateSentAt > STATE_MILLISECONDS) sendState(true);
    await checkCancelled();
  };
  try {
    const started = performance.now();
    await tell({ stage: 'loading' });
    const model = await models.get(source, settings.memoryBytes);
    return { type: 'done', report: await ANSWERS[kind](model, request, { limits, started, tell }) };
  } catch (error) {
    const kind =
      error instanceof InputError ? 'input' : error instanceof CancelledError ? 'cancelled' : 'fault';
    return {
      type: 'failed',
      kind,
      message: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error && kind === 'fault' ? error.stack : undefined,
      job: { id: job.id, kind: job.kind, model: source.id },
    };
  }
}

/** Lets messages in, which a running batch blocks, and throws when one of them was a cancel. */
async function checkCancelled(): Promise<void> {
  await setImmediate();
  if (cancelled) throw new CancelledError();
}

function send(message: Message): void {
  if (process.connected) process.send!(message);
}

async function stop(): Promise<void> {
  cancelled = true;
  await running;
  await models.close();
  if (process.connected) process.disconnect();
  process.exit();
}

process.on('message', (command: Command) => {
  if (command.type === 'cancel') cancelled = true;
  else if (command.type === 'stop') void stop();
  else {
    cancelled = false;
    running = answer(command.job).then((message) => {
      sendState(false);
      send(message);
    });
  }
});
// The main process decides when to stop; without it there is nobody to answer.
process.on('disconnect', () => void stop());
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
