/**
 * Something a person can mend: a mistyped command, a missing file, a damaged checkpoint.
 * The message is one line, says what is wrong and names the remedy; it is shown as it stands.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Something that only the operator can mend. */
export class OperatorError extends InputError {
  /** @param toOperator the message for the operator */
  constructor(
    message: string,
    readonly toOperator: string,
  ) {
    super(message);
  }
}

/** A service outside ghosttree does not answer; the same question may be answered later. */
export class UnreachableError extends InputError {}

/** The job was cancelled by the person who asked for it or by a shutdown. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor(message = 'Cancelled.') {
    super(message);
  }
}

/** The inference process died or hung; the job is lost, the next one gets a fresh process. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}
