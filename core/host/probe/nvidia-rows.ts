// Words of nvidia-smi: its fields, its rows, its ways of not answering, its faults.
import type { Reading } from '../../contract.ts';
import { ABSENT, FAULT, type GpuState, type Health } from './types.ts';

/**
 * What we ask for, best name first: older drivers know another one, and one unknown name makes the
 * whole call fail.
 */
const WANTED: readonly (readonly string[])[] = [
  ['index'],
  ['uuid', 'gpu_uuid'],
  ['name', 'gpu_name'],
  ['pci.bus_id', 'gpu_bus_id'],
  ['driver_version'],
  ['memory.total'],
  ['memory.used'],
  ['memory.free'],
  ['utilization.gpu'],
  ['utilization.encoder'],
  ['utilization.decoder'],
  ['temperature.gpu'],
  ['power.draw.instant', 'power.draw'],
  ['mig.mode.current'],
  ['gpu_recovery_action'],
  ['ecc.errors.uncorrected.volatile.total'],
];

/** Names in `--help-query-gpu`: quoted, at the start of a line, some with another spelling. */
export function fieldsInHelp(help: string): Set<string> {
  const lines = help.split('\n').filter((line) => line.startsWith('"'));
  return new Set(lines.flatMap((line) => [...line.matchAll(/"([^"]+)"/g)].map((m) => m[1] ?? '')));
}

/** Those of the wanted fields that this driver knows, to be asked for in this order. */
export function fieldsToAsk(known: ReadonlySet<string>): string[] {
  return WANTED.map((names) => names.find((name) => known.has(name))).filter(
    (name) => name !== undefined,
  );
}

export type Row = ReadonlyMap<string, string>;

/** One line of `--format=csv,noheader,nounits` as fields, or null when it is none. */
export function parseRow(fields: readonly string[], line: string): Row | null {
  const values = line.trim().split(/\s*,\s*/);
  if (values.length !== fields.length) return null;
  return new Map(fields.map((field, i) => [field, values[i] ?? '']));
}

/** Fields of a header line, without the units that some formats add. */
export function parseHeader(line: string): string[] {
  return line.split(',').map((name) => name.replace(/\[.*\]/, '').trim());
}

/** What a row says about its device; null when it does not say which device it is. */
export function stateOf(row: Row): GpuState | null {
  const field = (...names: string[]) => names.map((name) => row.get(name)).find(Boolean);
  const pciAddress = textOf(field('pci.bus_id', 'gpu_bus_id'));
  const uuid = textOf(field('uuid', 'gpu_uuid'));
  if (uuid === null && pciAddress === null) return null;
  const share = (name: string) => scaled(field(name), 1 / 100);
  const state = {
    key: uuid ?? `pci:${pciAddress}`,
    name: textOf(field('name', 'gpu_name')) ?? 'NVIDIA GPU',
    pciAddress,
    driver: textOf(field('driver_version')),
    utilisation: share('utilization.gpu'),
    encoder: share('utilization.encoder'),
    decoder: share('utilization.decoder'),
    memoryTotalBytes: scaled(field('memory.total'), MIB),
    memoryUsedBytes: scaled(field('memory.used'), MIB),
    memoryFreeBytes: scaled(field('memory.free'), MIB),
    temperatureC: scaled(field('temperature.gpu'), 1),
    powerW: scaled(field('power.draw.instant', 'power.draw'), 1),
    mig: flagOf(field('mig.mode.current')),
  };
  return { ...state, ...healthOf(row, state) };
}

const MIB = 1024 * 1024;

/** A number in the unit that we use inside; every other text is a reason for there being none. */
export function scaled(text: string | undefined, unit: number): Reading<number> {
  if (text !== undefined && /^-?\d+(\.\d+)?$/.test(text))
    return { ok: true, v: Number(text) * unit };
  return whyNot(text);
}

function whyNot(text: string | undefined): { ok: false; why: 'absent' | 'denied' | 'fault' } {
  if (text === undefined || text === '') return ABSENT;
  if (/insufficient permissions|no permission/i.test(text)) return { ok: false, why: 'denied' };
  // "Unknown Error" and "GPU is lost" are the driver's trouble; the rest is not there by design.
  return /^\[?(n\/a|not supported|.*deprecated.*)\]?$/i.test(text) ? ABSENT : FAULT;
}

function flagOf(text: string | undefined): Reading<boolean> {
  if (text === 'Enabled' || text === 'Disabled') return { ok: true, v: text === 'Enabled' };
  return whyNot(text);
}

/** A name is any text but one of the ways of not answering. */
function textOf(text: string | undefined): string | null {
  return text === undefined || /^(\[.*\]|n\/a|)$/i.test(text) ? null : text;
}

function isFault(reading: Reading<number>): boolean {
  return !reading.ok && reading.why === 'fault';
}

type Numbers = Pick<GpuState, 'utilisation' | 'memoryTotalBytes' | 'memoryFreeBytes'>;

function healthOf(row: Row, numbers: Numbers): { health: Health; why: string | null } {
  const action = textOf(row.get('gpu_recovery_action'));
  if (action !== null && action !== 'None') {
    return { health: 'degraded', why: `the driver wants: ${action.toLowerCase()}` };
  }
  const errors = scaled(row.get('ecc.errors.uncorrected.volatile.total'), 1);
  if (errors.ok && errors.v > 0) {
    return { health: 'degraded', why: `${errors.v} memory errors that could not be corrected` };
  }
  const { utilisation, memoryTotalBytes, memoryFreeBytes } = numbers;
  if ([utilisation, memoryTotalBytes, memoryFreeBytes].some(isFault)) {
    return { health: 'degraded', why: 'the driver answers with an error' };
  }
  if (!memoryTotalBytes.ok || !memoryFreeBytes.ok) {
    return { health: 'unknown', why: 'its memory cannot be read' };
  }
  return { health: 'ok', why: null };
}

/** A device of which nothing but its address is known: it was lost before it was seen. */
export function namelessState(address: string): GpuState {
  return {
    key: `pci:${address}`,
    name: 'NVIDIA GPU',
    pciAddress: address,
    driver: null,
    health: 'lost',
    why: null,
    utilisation: FAULT,
    encoder: FAULT,
    decoder: FAULT,
    memoryTotalBytes: FAULT,
    memoryUsedBytes: FAULT,
    memoryFreeBytes: FAULT,
    temperatureC: FAULT,
    powerW: FAULT,
    mig: FAULT,
  };
}

/** A line that is no row: what it says about one device, or about all of them. */
export interface Complaint {
  /** Comparable with `addressKey`; null when no device is named. */
  address: string | null;
  text: string;
}

const ONE_DEVICE = /device handle for GPU\s*\d*:?\s*([\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.[\da-f])/i;

export function parseComplaint(line: string): Complaint {
  const address = ONE_DEVICE.exec(line)?.[1];
  const text = line.trim().slice(0, 200);
  return { address: address === undefined ? null : addressKey(address), text };
}

/** The tool writes the domain with 4 digits in messages and with 8 in tables. */
export function addressKey(address: string): string {
  return address.toLowerCase().replace(/^0{4}(?=[\da-f]{4}:)/, '');
}
