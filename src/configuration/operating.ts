/** From quiet to talkative; `warn` and quieter report faults only. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** How the log is written. */
export interface LogSettings {
  level: (typeof LOG_LEVELS)[number];
  /** JSON lines for machines, or short lines for people. */
  format: 'json' | 'text';
  /** Values that must never be shown: see `secretsOf`. */
  secrets: readonly string[];
  /** Whether faults say where they happened. */
  debug: boolean;
}

/** Where health and metrics are answered. */
export interface OperationsPlace {
  host: string;
  /** 0 takes any free port. */
  port: number;
}

/**
 * The values that nobody may see: those of all variables with a name for secrets, and the passwords in addresses,
 * whatever the variable is called.
 */
export function secretsOf(variables: Record<string, string | undefined>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    const text = value?.trim();
    if (!text) return [];
    if (/(TOKEN|SECRET|PASSWORD|PASSPHRASE|KEY)S?(_|$)/i.test(name)) return [text];
    return /^[a-z][a-z0-9+.-]*:\/\/[^/]*@/i.test(text) && URL.canParse(text) ? passwordOf(new URL(text)) : [];
  });
}

function passwordOf({ password }: URL): string[] {
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // a bare percent sign
  }
}
