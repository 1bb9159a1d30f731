/** One request as the platform saw it. */
export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Undefined when there is no such route. */
  readonly route?: string;
  readonly body: unknown;
  readonly files: number;
  /** What was answered; 0 when the connection was cut. */
  status: number;
  /** Discord's JSON error code of a refusal. */
  code?: number;
  tookMs: number;
}

/** Statuses that count towards the ban Discord gives at 10 000 in 10 minutes. */
export const INVALID_STATUSES: readonly number[] = [401, 403, 429];
