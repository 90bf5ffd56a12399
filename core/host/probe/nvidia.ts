// NVIDIA's devices through one long-lived nvidia-smi. Starting it again for every look would cost
// more than the look, and may wake or even hang the driver; so there is never more than one.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  addressKey,
  fieldsInHelp,
  fieldsToAsk,
  namelessState,
  parseComplaint,
  parseRow,
  stateOf,
} from './nvidia-rows.ts';
import { FAULT, type GpuState } from './types.ts';

export interface NvidiaOptions {
  /** The tool and arguments before ours; `['nvidia-smi']` by default. */
  command?: readonly string[];
  env?: Record<string, string>;
  /** Between two samples. The hardware averages over up to a second: less is pointless. */
  intervalMs?: number;
  /** For the first line and for the list of fields. */
  timeoutMs?: number;
  /** Shortest pause before the tool is started again; doubles up to a minute. */
  againMs?: number;
  /** Where Linux lists PCI devices. */
  pciDir?: string;
}

export interface NvidiaReader {
  /** Every device that was ever seen, as it is now. */
  devices(): GpuState[];
  /** How the reading goes, in a sentence for a person. */
  status(): { state: 'absent' | 'starting' | 'reading' | 'failed' | 'asleep'; why: string };
  /** Resolves when it is known which devices there are, or that none can be read now. */
  ready(): Promise<void>;
  /** Gives devices that were lost another chance. */
  forgive(): void;
  close(): void;
}

const INTERVAL_MS = 2000;
const TIMEOUT_MS = 5000;
const AGAIN_MS = 1000;
const AGAIN_MS_MAX = 60_000;
/** This many intervals without a sample: the device is unknown. */
const SILENT_INTERVALS = 3;
/** The devices of one sample come in one burst. */
const BURST_MS = 150;

interface Known {
  state: GpuState;
  /** Monotonic ms of the last sample that counted; null before it. */
  at: number | null;
}

/** Starts reading. Never throws: where there is no NVIDIA device, `devices` stays empty. */
export function openNvidia(options: NvidiaOptions = {}): NvidiaReader {
  const reader = new Reader(options);
  void reader.begin();
  return reader;
}

class Reader implements NvidiaReader {
  readonly #command: readonly string[];
  readonly #env: Record<string, string> | undefined;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #againMs: number;
  readonly #pciDir: string;
  readonly #known = new Map<string, Known>();
  /** Address to what the driver said when it lost the device. */
  readonly #lost = new Map<string, string>();
  readonly #ready: Promise<void>;
  #tellReady: () => void = () => {};
  #fields: string[] = [];
  #child: ChildProcess | null = null;
  /** Keys of this run whose first sample has been thrown away. */
  #warm = new Set<string>();
  #watchdog: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;
  #status: ReturnType<NvidiaReader['status']> = {
    state: 'starting',
    why: 'nvidia-smi is starting',
  };
  #complaint = '';

  constructor(options: NvidiaOptions) {
    this.#command = options.command ?? ['nvidia-smi'];
    this.#env = options.env;
    this.#intervalMs = options.intervalMs ?? INTERVAL_MS;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#againMs = options.againMs ?? AGAIN_MS;
    this.#pciDir = options.pciDir ?? '/sys/bus/pci/devices';
    this.#ready = new Promise((resolve) => (this.#tellReady = resolve));
  }

  devices(): GpuState[] {
    return [...this.#known.values()].map(({ state, at }) => {
      const lost = state.pciAddress === null ? null : this.#lost.get(addressKey(state.pciAddress));
      if (lost) return blind(state, 'lost', lost);
      if (at === null) return blind(state, 'unknown', 'its first sample is not to be trusted');
      const silentMs = performance.now() - at;
      if (silentMs <= SILENT_INTERVALS * this.#intervalMs) return state;
      return blind(state, 'unknown', `not heard of for ${Math.round(silentMs / 1000)} s`);
    });
  }

  status(): ReturnType<NvidiaReader['status']> {
    return this.#status;
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  forgive(): void {
    if (this.#lost.size === 0) return;
    this.#lost.clear();
    this.#failures = 0;
    // The run that leaves them out ends; the next one asks for all again.
    if (this.#child !== null) this.#child.kill('SIGKILL');
    else this.#later(0);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#child?.kill('SIGKILL');
    this.#tellReady();
  }

  /** Asks for the fields once, then keeps a run of the tool going. */
  async begin(): Promise<void> {
    if (this.#closed) return;
    if (this.#asleep()) {
      // Any question would wake the card and keep it awake, at the cost of the battery.
      this.#settle('asleep', 'the NVIDIA card of this laptop is switched off');
      return this.#later(AGAIN_MS_MAX);
    }
    const help = await this.#help();
    if (help === 'missing') return this.#settle('absent', 'nvidia-smi is not installed');
    this.#fields = fieldsToAsk(fieldsInHelp(help));
    if (this.#fields.length > 0) return this.#run();
    this.#failed('nvidia-smi does not tell what can be asked');
  }

  #help(): Promise<string> {
    const [file = '', ...args] = this.#command;
    return new Promise((resolve) => {
      execFile(
        file,
        [...args, '--help-query-gpu'],
        { ...this.#spawnOptions(), timeout: this.#timeoutMs, killSignal: 'SIGKILL' },
        (error, stdout) => {
          const missing = error && 'code' in error && error.code === 'ENOENT';
          resolve(missing ? 'missing' : error ? '' : stdout);
        },
      );
    });
  }

  #run(): void {
    if (this.#closed || this.#child !== null) return;
    const ids = this.#others();
    if (ids?.length === 0) return this.#failed('every NVIDIA device is lost');
    const [file = '', ...before] = this.#command;
    const args = [
      `--query-gpu=${this.#fields.join(',')}`,
      '--format=csv,noheader,nounits',
      `--loop-ms=${this.#intervalMs}`,
      ...(ids === null ? [] : [`--id=${ids.join(',')}`]),
    ];
    const child = spawn(file, [...before, ...args], {
      ...this.#spawnOptions(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#warm = new Set();
    this.#complaint = '';
    createInterface({ input: child.stdout }).on('line', (line) => this.#heard(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.#complained(line));
    this.#watch(Math.max(this.#timeoutMs, SILENT_INTERVALS * this.#intervalMs));
    child.once('error', () => this.#ended('it could not be started'));
    child.once('close', (code, signal) => this.#ended(`it ended with ${code ?? signal}`));
  }

  #spawnOptions() {
    const env = this.#env === undefined ? {} : { env: { ...process.env, ...this.#env } };
    return { ...env, windowsHide: true };
  }

  #heard(line: string): void {
    const row = parseRow(this.#fields, line);
    const state = row && stateOf(row);
    if (!state) return this.#complained(line);
    this.#watch(SILENT_INTERVALS * this.#intervalMs);
    if (!this.#warm.has(state.key)) {
      // The driver may just have been woken: its first answer can read 100 % with nothing running.
      this.#warm.add(state.key);
      if (this.#known.has(state.key)) return;
      const nameless = this.#knownAt(state.pciAddress);
      if (nameless !== undefined) this.#known.delete(nameless);
      this.#known.set(state.key, { state, at: null });
      return;
    }
    this.#known.set(state.key, { state, at: performance.now() });
    this.#failures = 0;
    this.#status = { state: 'reading', why: `every ${this.#intervalMs} ms` };
    setTimeout(() => this.#tellReady(), BURST_MS).unref();
  }

  #complained(line: string): void {
    if (line.trim() === '') return;
    const { address, text } = parseComplaint(line);
    this.#complaint = text;
    if (address === null) return;
    this.#lost.set(address, text);
    if (this.#knownAt(address) !== undefined) return;
    const state = namelessState(address);
    this.#known.set(state.key, { state, at: null });
  }

  /** Silence is a fault too: a tool that hangs in the driver says nothing and never ends. */
  #watch(ms: number): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#settle('failed', 'nvidia-smi has gone silent');
      // If it does not die either, no other one is started beside it.
      this.#child?.kill('SIGKILL');
    }, ms);
    this.#watchdog.unref();
  }

  #ended(how: string): void {
    if (this.#child === null) return;
    this.#child = null;
    clearTimeout(this.#watchdog);
    this.#failed(`nvidia-smi: ${this.#complaint || how}`);
  }

  #failed(why: string): void {
    if (this.#closed) return;
    this.#settle('failed', why);
    this.#later(Math.min(AGAIN_MS_MAX, this.#againMs * 2 ** this.#failures));
    this.#failures += 1;
  }

  #settle(state: 'absent' | 'failed' | 'asleep', why: string): void {
    this.#status = { state, why };
    this.#tellReady();
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => void (this.#fields.length > 0 ? this.#run() : this.begin()), ms);
    this.#timer.unref();
  }

  /** With a lost device the tool answers for none; so the others are named. Null: ask for all. */
  #others(): string[] | null {
    if (this.#lost.size === 0) return null;
    const seen = [...this.#known.values()].map(({ state }) => state.pciAddress);
    const all = [...seen, ...this.#cards()].filter((address) => address !== null).map(addressKey);
    return [...new Set(all)].filter((address) => !this.#lost.has(address));
  }

  #knownAt(address: string | null): string | undefined {
    if (address === null) return undefined;
    const at = addressKey(address);
    const found = [...this.#known.values()].find(
      ({ state }) => state.pciAddress !== null && addressKey(state.pciAddress) === at,
    );
    return found?.state.key;
  }

  /** Addresses of NVIDIA's graphics devices as Linux lists them; none elsewhere. */
  #cards(): string[] {
    let devices: string[] = [];
    try {
      devices = fs.readdirSync(this.#pciDir);
    } catch {
      return [];
    }
    return devices.filter(
      (one) => this.#pci(one, 'vendor') === '0x10de' && this.#pci(one, 'class').startsWith('0x03'),
    );
  }

  #asleep(): boolean {
    const cards = this.#cards();
    const isOff = (one: string) => this.#pci(one, 'power/runtime_status') === 'suspended';
    return cards.length > 0 && cards.every(isOff);
  }

  #pci(device: string, name: string): string {
    try {
      return fs.readFileSync(path.join(this.#pciDir, device, name), 'utf8').trim();
    } catch {
      return '';
    }
  }
}

/** A device whose numbers must not be believed any more. What it is stays known. */
function blind(state: GpuState, health: 'lost' | 'unknown', why: string): GpuState {
  return {
    ...state,
    health,
    why,
    utilisation: FAULT,
    encoder: FAULT,
    decoder: FAULT,
    memoryUsedBytes: FAULT,
    memoryFreeBytes: FAULT,
    temperatureC: FAULT,
    powerW: FAULT,
  };
}
