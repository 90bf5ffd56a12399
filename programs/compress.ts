// Packs generated text and unpacks it again. The checksum is of the text that came back, because
// packed bytes differ between versions of the packer.
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { integerOf, type Values } from './shared/arguments.ts';
import { runProgram, type Work, WrongResult } from './shared/run.ts';
import { type Random, seeded, skewed, vocabulary } from './shared/seeded.ts';

const BLOCK_BYTES = 1024 * 1024;
/** Packed at once: small enough for the slowest brotli to be interrupted in time. */
const CHUNK_BYTES = 128 * 1024;

function textOf(random: Random, words: readonly string[], bytes: number): Buffer {
  const parts: string[] = [];
  let length = 0;
  while (length < bytes) {
    const word = words[skewed(random, words.length)] ?? '';
    parts.push(word, random() % 12 === 0 ? '.\n' : ' ');
    length += word.length + 2;
  }
  return Buffer.from(parts.join('').slice(0, bytes).padEnd(bytes), 'latin1');
}

function packer(format: unknown, level: number) {
  if (format === 'brotli') {
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: level };
    return {
      pack: (text: Buffer) => zlib.brotliCompressSync(text, { params }),
      unpack: (packed: Buffer) => zlib.brotliDecompressSync(packed),
    };
  }
  return {
    pack: (text: Buffer) => zlib.gzipSync(text, { level }),
    unpack: (packed: Buffer) => zlib.gunzipSync(packed),
  };
}

function compress(values: Values): Work {
  const total = integerOf(values, 'mebibytes') * BLOCK_BYTES;
  const random = seeded(integerOf(values, 'seed'));
  const words = vocabulary(random, 4000);
  const { pack, unpack } = packer(values.format, integerOf(values, 'level'));
  const back = createHash('sha256');
  let bytes = 0;
  let packedBytes = 0;
  let checksum: string | null = null;
  return {
    *steps() {
      while (bytes < total) {
        const text = textOf(random, words, CHUNK_BYTES);
        const packed = pack(text);
        const unpacked = unpack(packed);
        if (!unpacked.equals(text))
          throw new WrongResult(`a chunk at byte ${bytes} came back changed`);
        back.update(unpacked);
        bytes += text.length;
        packedBytes += packed.length;
        yield bytes / total;
      }
      checksum = back.digest('hex');
    },
    result: () => ({
      bytes,
      packedBytes,
      ratio: packedBytes === 0 ? null : Math.round((bytes / packedBytes) * 1000) / 1000,
    }),
    checksum: () => checksum,
  };
}

await runProgram('compress', compress);
