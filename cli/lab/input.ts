// The document that `--input` names.
import fs from 'node:fs';
import { usage } from '../fault.ts';

const FILE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The parsed JSON of a file, or of stdin for `-`; never null.
 * @throws a usage fault naming `--input` for a file that cannot be read, is too long or no JSON
 */
export async function readInput(file: string): Promise<unknown> {
  const input = parsed(file, await textOf(file));
  if (input === null) throw badFile(`${file} holds nothing but null`);
  return input;
}

async function textOf(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream = file === '-' ? process.stdin : fs.createReadStream(file);
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > FILE_BYTES_MAX) break;
    }
  } catch (error) {
    throw badFile(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
  if (size > FILE_BYTES_MAX) throw badFile(`${file} has more than ${FILE_BYTES_MAX} bytes`);
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badFile(`${file} is not JSON: ${(error as Error).message}`);
  }
}

const badFile = (detail: string): Error => usage('invalid-value', detail, { field: '--input' });
