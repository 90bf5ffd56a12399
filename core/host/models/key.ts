// Where the key of a language model comes from: an environment variable or a private file, read
// when an endpoint is opened and kept nowhere else.
import fs from 'node:fs';
import type { ModelConfig } from './config.ts';

const KEY_BYTES_MAX = 4_096;

export type KeyRead =
  { ok: true; key: string | null } | { ok: false; field: 'keyEnv' | 'keyFile'; detail: string };

/** Null where no key is set up. A detail never holds any of the key. */
export function readKey(
  { keyEnv, keyFile }: Pick<ModelConfig, 'keyEnv' | 'keyFile'>,
  env: NodeJS.ProcessEnv,
): KeyRead {
  if (keyEnv !== undefined) {
    const value = env[keyEnv];
    if (value === undefined) return { ok: false, field: 'keyEnv', detail: `${keyEnv} is not set` };
    return checked(value, 'keyEnv');
  }
  return keyFile === undefined ? { ok: true, key: null } : fromFile(keyFile);
}

function fromFile(file: string): KeyRead {
  const wrong = (detail: string): KeyRead => ({ ok: false, field: 'keyFile', detail });
  let fd: number;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return wrong(`the key file cannot be opened: ${code ?? 'unknown reason'}`);
  }
  try {
    // Asked of what was opened: the name may by now be another file's.
    const { mode, size } = fs.fstatSync(fd);
    const isFile = (mode & fs.constants.S_IFMT) === fs.constants.S_IFREG;
    if (!isFile) return wrong('the key file is not a plain file');
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return wrong('the key file can be read by others: its mode must be 0600');
    }
    if (size > KEY_BYTES_MAX) return wrong(`the key file is over ${KEY_BYTES_MAX} bytes`);
    return checked(fs.readFileSync(fd, 'utf8'), 'keyFile');
  } catch {
    return wrong('the key file cannot be read');
  } finally {
    fs.closeSync(fd);
  }
}

/** A header with other characters would be refused with an error that quotes it. */
function checked(text: string, field: 'keyEnv' | 'keyFile'): KeyRead {
  const key = text.trim();
  if (key.length <= KEY_BYTES_MAX && /^[\x21-\x7e]+$/.test(key)) return { ok: true, key };
  return { ok: false, field, detail: 'the key is empty or has characters that no key has' };
}
