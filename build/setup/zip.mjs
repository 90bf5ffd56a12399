// A minimal zip reader: stored and deflated entries, no zip64, no encryption.
import fs, { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';

const TAIL_BYTES = 66_000; // the end record is 22 bytes plus a comment of at most 65,535
const END = Buffer.from([0x50, 0x4b, 5, 6]);

/**
 * @typedef {{method: number, size: number, mode: number, offset: number, name: string}} Entry
 */

/**
 * Unpacks `file` into `dest`. `rename` maps each entry's name; null leaves it out.
 * @param {string} file
 * @param {string} dest
 * @param {(name: string) => string | null} rename
 */
export async function unzip(file, dest, rename) {
  const fd = fs.openSync(file, 'r');
  try {
    for (const entry of entriesOf(fd)) {
      const to = rename(entry.name);
      if (to === null || entry.name.endsWith('/')) continue;
      const target = path.join(dest, to);
      if (!target.startsWith(dest + path.sep)) throw new Error(`zip path escapes: ${entry.name}`);
      await extract(fd, file, entry, target);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * @param {number} fd
 * @returns {Entry[]}
 */
function entriesOf(fd) {
  const { size } = fs.fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  fs.readSync(fd, tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf(END);
  if (end < 0) throw new Error('not a zip file');
  const count = tail.readUInt16LE(end + 10);
  const at = tail.readUInt32LE(end + 16);
  if (at === 0xffffffff || count === 0xffff) throw new Error('zip64 is not supported');
  const list = Buffer.alloc(tail.readUInt32LE(end + 12));
  fs.readSync(fd, list, 0, list.length, at);
  const entries = [];
  for (let i = 0, p = 0; i < count; i++) {
    const nameLength = list.readUInt16LE(p + 28);
    entries.push({
      method: list.readUInt16LE(p + 10),
      size: list.readUInt32LE(p + 20),
      mode: (list.readUInt32LE(p + 38) >>> 16) & 0o777,
      offset: list.readUInt32LE(p + 42),
      name: list.toString('utf8', p + 46, p + 46 + nameLength),
    });
    p += 46 + nameLength + list.readUInt16LE(p + 30) + list.readUInt16LE(p + 32);
  }
  return entries;
}

/**
 * @param {number} fd
 * @param {string} file
 * @param {Entry} entry
 * @param {string} target
 */
async function extract(fd, file, entry, target) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (entry.size === 0) return fs.writeFileSync(target, '');
  const head = Buffer.alloc(30);
  fs.readSync(fd, head, 0, 30, entry.offset);
  const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  const source = createReadStream(file, { start, end: start + entry.size - 1 });
  const sink = createWriteStream(target, { mode: entry.mode || 0o644 });
  if (entry.method === 8) await pipeline(source, zlib.createInflateRaw(), sink);
  else if (entry.method === 0) await pipeline(source, sink);
  else throw new Error(`zip method ${entry.method} is not supported: ${entry.name}`);
}
