// Writes a flat asar archive: a pickled JSON header (four u32 lengths), then the files.
import fs from 'node:fs';

/**
 * @param {string} file
 * @param {Record<string, string | Buffer>} files name to content; no folders
 */
export function writeAsar(file, files) {
  /** @type {Record<string, {size: number, offset: string}>} */
  const index = {};
  const bodies = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const body = Buffer.from(content);
    index[name] = { size: body.length, offset: String(offset) };
    offset += body.length;
    bodies.push(body);
  }
  const json = Buffer.from(JSON.stringify({ files: index }));
  const padding = (4 - (json.length % 4)) % 4;
  const head = Buffer.alloc(16);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(json.length + padding + 8, 4);
  head.writeUInt32LE(json.length + padding + 4, 8);
  head.writeUInt32LE(json.length, 12);
  fs.writeFileSync(file, Buffer.concat([head, json, Buffer.alloc(padding), ...bodies]));
}
