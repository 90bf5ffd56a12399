// A stand-in for nvidia-smi, driven by a JSON file that it reads again before every sample, so that
// a test can make a card busy, lost, silent or slow while the reader runs.
import fs from 'node:fs';

export interface FakeControl {
  /** What `--help-query-gpu` lists. */
  fields: string[];
  /** One per card: field to text. */
  gpus: Record<string, string>[];
  /** `silent` prints nothing and stays; `exit` ends with `exitCode` after printing `says`. */
  mode: 'normal' | 'silent' | 'exit';
  exitCode: number;
  /** Lines for stderr before a sample. */
  says: string[];
  /** Address of a lost card: whoever asks for it gets only the message. */
  lost: string | null;
  /** Before the first sample and before the help. */
  delayMs: number;
  /** Instead of the interval that was asked for. */
  everyMs: number | null;
}

const file = process.env.FAKE_NVIDIA_CONTROL ?? '';
const log = process.env.FAKE_NVIDIA_LOG ?? '';
const control = (): FakeControl => JSON.parse(fs.readFileSync(file, 'utf8')) as FakeControl;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const option = (name: string) =>
  process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);

fs.appendFileSync(log, `${process.pid} ${process.argv.slice(2).join(' ')}\n`);
await pause(control().delayMs);
if (process.argv.includes('--help-query-gpu')) {
  const { fields } = control();
  process.stdout.write('List of valid properties to query for the switch "--query-gpu":\n\n');
  for (const field of fields) process.stdout.write(`"${field}"\nSome words about "it".\n\n`);
} else {
  await loop();
}

async function loop(): Promise<void> {
  const asked = (option('query-gpu') ?? '').split(',');
  const ids = option('id')?.split(',');
  for (;;) {
    const { fields, gpus, mode, exitCode, says, lost, everyMs } = control();
    const bad = asked.find((field) => !fields.includes(field));
    if (bad !== undefined) return end(2, `Field "${bad}" is not a valid field to query.`);
    if (mode === 'exit') return end(exitCode, ...says);
    for (const line of says) process.stderr.write(`${line}\n`);
    if (lost !== null && (ids === undefined || ids.includes(lost))) {
      const text = `Unable to determine the device handle for GPU ${lost}: GPU is lost. Reboot`;
      return end(15, `${text} the system to recover this GPU`);
    }
    const shown = gpus.filter((gpu) => ids?.includes(addressOf(gpu)) ?? true);
    for (const gpu of mode === 'silent' ? [] : shown) {
      process.stdout.write(`${asked.map((field) => gpu[field] ?? '[N/A]').join(', ')}\n`);
    }
    await pause(everyMs ?? Number(option('loop-ms')));
  }
}

/** As in messages: four digits of domain. */
function addressOf(gpu: Record<string, string>): string {
  return (gpu['pci.bus_id'] ?? '').toLowerCase().replace(/^0000(?=....:)/, '');
}

function end(code: number, ...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  process.exitCode = code;
}
