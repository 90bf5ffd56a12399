// The high-water mark: (seq, head) of the last commit, in a file beside the database. SQLite drops
// the tail of a damaged WAL without an error, and a shorter chain is still a valid chain; the mark,
// like any receipt in somebody's hands, can tell that something is missing.
import fs from 'node:fs';
import { GENESIS, type Receipt } from '../../engine/base/chain.ts';

const WIDTH = 16;
const LINE = new RegExp(`^(\\d{${WIDTH}}) ([0-9a-f]{64})\\n$`, 'u');

export interface Mark {
  read(): Receipt | null;
  /** After each commit; reaches the disk on its own time, so it may lag but never lead. */
  write(r: Receipt): void;
  close(): void;
}

export function openMark(file: string): Mark {
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  const size = WIDTH + 1 + GENESIS.length + 1;
  const buffer = Buffer.alloc(size);
  return {
    read() {
      const n = fs.readSync(fd, buffer, 0, size, 0);
      const found = LINE.exec(buffer.toString('latin1', 0, n));
      // A torn or empty mark proves nothing either way.
      return found ? { seq: Number(found[1]), head: found[2] ?? '' } : null;
    },
    write({ seq, head }) {
      buffer.write(`${String(seq).padStart(WIDTH, '0')} ${head}\n`, 'latin1');
      try {
        fs.writeSync(fd, buffer, 0, size, 0);
      } catch (e) {
        // Its block was never written and the disk is full: it lags, as it may.
        if ((e as { code?: unknown }).code !== 'ENOSPC') throw e;
      }
    },
    close: () => fs.closeSync(fd),
  };
}
