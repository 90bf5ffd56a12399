// Writes the golden journal: `node test/golden/make.ts`. Do it only when a released version's
// journal is to be kept beside the older ones, or before the first release. `--rehash` keeps the
// journals and notes what they fold to now: for a deliberate change of the form of the state.
import fs from 'node:fs';
import path from 'node:path';
import { GENESIS, link } from '../../core/engine/base/chain.ts';
import { fold, type Golden, journals, sha256 } from './golden.ts';
import { playScript } from './script.ts';

const VERSION = 'v2';
const here = import.meta.dirname;

if (!process.argv.includes('--rehash')) {
  const texts = playScript().events.map((e) => JSON.stringify(e));
  fs.writeFileSync(path.join(here, `${VERSION}.jsonl`), `${texts.join('\n')}\n`);
}
for (const { name, texts } of journals()) {
  let head = GENESIS;
  for (const text of texts) head = link(sha256, head, text);
  const golden: Golden = { events: texts.length, head, stateHash: fold(texts) };
  fs.writeFileSync(path.join(here, `${name}.json`), `${JSON.stringify(golden, null, 2)}\n`);
  process.stdout.write(`${name}: ${texts.length} events, state ${golden.stateHash}\n`);
}
