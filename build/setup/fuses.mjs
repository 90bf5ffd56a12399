// Electron's fuses: ASCII 0 and 1 after a sentinel in the executable, [sentinel][version][length].
import fs from 'node:fs';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const NAMES = /** @type {const} */ ([
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'asarIntegrity',
  'onlyAsar',
  'browserSnapshot',
  'fileProtocolExtra',
]);
/** @typedef {typeof NAMES[number]} Fuse */

/**
 * Reads every fuse that the executable knows.
 * @param {string} file
 * @returns {Partial<Record<Fuse, boolean>>}
 */
export function readFuses(file) {
  const bytes = fs.readFileSync(file);
  const at = wireOf(bytes, file);
  const length = bytes.readUInt8(at - 1);
  /** @type {Partial<Record<Fuse, boolean>>} */
  const fuses = {};
  for (const [i, name] of NAMES.entries()) {
    if (i < length) fuses[name] = bytes.readUInt8(at + i) === 0x31;
  }
  return fuses;
}

/**
 * Sets fuses in place.
 * @param {string} file
 * @param {Partial<Record<Fuse, boolean>>} want
 */
export function writeFuses(file, want) {
  const at = wireOf(fs.readFileSync(file), file);
  const fd = fs.openSync(file, 'r+');
  try {
    for (const [i, name] of NAMES.entries()) {
      const on = want[name];
      if (on !== undefined) fs.writeSync(fd, Buffer.from(on ? '1' : '0'), 0, 1, at + i);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * @param {Buffer} bytes
 * @param {string} file
 */
function wireOf(bytes, file) {
  const at = bytes.indexOf(SENTINEL);
  if (at < 0) throw new Error(`no fuse wire in ${file}`);
  return at + SENTINEL.length + 2;
}
