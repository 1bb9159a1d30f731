import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { InputError } from '../../core/index.js';

const KEY_BYTES = 32;
/** NIST SP 800-38D: 96 random bits, with far fewer than 2^32 texts for a key, and a tag of 128 bits. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A text that only the holder of its key can read or change. */
export interface Sealed {
  /** Id of the key. */
  keyId: string;
  /** Nonce, ciphertext and tag, in base64. */
  sealed: string;
}

/** A text was sealed with a key that is not, or no longer, in the ring. */
export class MissingKeyError extends InputError {
  constructor(readonly keyId: string) {
    super(
      `STORE_KEY lacks the key ${keyId}, with which something in the store is encrypted: put it back, behind a newer key if there is one.`,
    );
  }
}

/** Seals texts with AES-256-GCM under the newest of its keys, and opens them with any. */
export class Keyring {
  private readonly keys: Map<string, Buffer>;
  /** Id of the key that seals. */
  readonly newest: string;

  /** @param keys 32 bytes each, the newest first */
  constructor(keys: readonly Buffer[]) {
    this.keys = new Map(keys.map((key) => [idOf(key), key]));
    this.newest = idOf(keys[0]!);
  }

  /** @param about what the text belongs to; opening it needs the same */
  seal(text: string, about: string): Sealed {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.get(this.newest)!, nonce).setAAD(
      Buffer.from(about),
    );
    const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return { keyId: this.newest, sealed: Buffer.concat(parts).toString('base64') };
  }

  /**
   * @throws {MissingKeyError} when its key is not in the ring
   * @throws {InputError} when it was changed, or belongs to something else
   */
  open({ keyId, sealed }: Sealed, about: string): string {
    const key = this.keys.get(keyId);
    if (!key) throw new MissingKeyError(keyId);
    const bytes = Buffer.from(sealed, 'base64');
    const end = bytes.length - TAG_BYTES;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(end));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString();
    } catch {
      throw new InputError(
        `What the store holds about ${about} was damaged or changed: it cannot be decrypted. Use a backup, or install there again.`,
      );
    }
  }
}

/**
 * Reads STORE_KEY: one key or several, separated by commas or spaces, the newest first.
 *
 * @throws {InputError} when one is not a key; the message does not show it
 */
export function readKeys(text: string): Keyring {
  const keys = text.split(/[\s,]+/).filter((word) => word !== '');
  const read = keys.map(readKey);
  if (read.length === 0 || read.some((key) => !key)) {
    throw new InputError(
      'STORE_KEY should be 32 random bytes in base64 or hex, several keys apart by commas: ghosttree new-key prints one.',
    );
  }
  return new Keyring(read as Buffer[]);
}

/** A new random key for STORE_KEY. */
export function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

function readKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

/** An id that does not help to guess the key, because keys are random. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('ghosttree key ').update(key).digest('hex').slice(0, 8);
}
