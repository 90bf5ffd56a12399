// Checks every room with its own globals, all rooms at once: build/tsconfigs/<room>.json.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { modules, root } from './setup/paths.mjs';

const CONFIGS = path.join(root, 'build/tsconfigs');

/**
 * The compiler's complaints about all rooms, '' when there are none. An error in a file that two
 * rooms share is reported once.
 * @param {string} [configs]
 */
export async function checkTypes(configs = CONFIGS) {
  const rooms = fs.readdirSync(configs).filter((name) => name !== 'base.json');
  const reports = await Promise.all(rooms.map((name) => compile(path.join(configs, name))));
  return [...new Set(reports.flatMap((report) => report.split('\n')))].join('\n').trim();
}

/**
 * @param {string} config
 * @returns {Promise<string>}
 */
function compile(config) {
  const tsc = path.join(modules, 'typescript/bin/tsc');
  const child = spawn(process.execPath, [tsc, '-p', config, '--pretty', 'false'], { cwd: root });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const empty = text.includes('error TS18003'); // a room without a file yet has nothing wrong
      if (empty || code === 0) resolve('');
      else resolve(text || `tsc ended with code ${code} for ${path.basename(config)}`);
    });
  });
}

if (process.argv[1] === import.meta.filename) {
  const report = await checkTypes();
  if (report) process.stdout.write(`${report}\n`);
  process.exitCode = report ? 1 : 0;
}
