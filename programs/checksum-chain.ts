// SHA-256 over generated blocks, each hash taken over the one before it and the next block.
import { createHash } from 'node:crypto';
import { integerOf, type Values } from './shared/arguments.ts';
import { runProgram, type Work } from './shared/run.ts';
import { seeded } from './shared/seeded.ts';

const BLOCK_BYTES = 1024 * 1024;

function checksumChain(values: Values): Work {
  const blocks = integerOf(values, 'mebibytes');
  const random = seeded(integerOf(values, 'seed'));
  const block = new Uint32Array(BLOCK_BYTES / 4);
  for (let i = 0; i < block.length; i++) block[i] = random();
  let head = '0'.repeat(64);
  let done = 0;
  return {
    *steps() {
      for (; done < blocks; done++) {
        // One word of the block changes each time: no block repeats, and making it costs nothing.
        block[done % block.length] = random();
        head = createHash('sha256').update(head).update(block).digest('hex');
        yield done / blocks;
      }
    },
    result: () => ({ blocks: done, bytes: done * BLOCK_BYTES, head }),
    checksum: () => (done === blocks ? head : null),
  };
}

await runProgram('checksum-chain', checksumChain);
