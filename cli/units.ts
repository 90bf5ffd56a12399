// Sizes, spans, instants and credits: read from what people type, written so that people read them.

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  kb: 1e3,
  m: 2 ** 20,
  mib: 2 ** 20,
  mb: 1e6,
  g: 2 ** 30,
  gib: 2 ** 30,
  gb: 1e9,
  t: 2 ** 40,
  tib: 2 ** 40,
  tb: 1e12,
};
const SPANS: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

function measured(text: string, units: Readonly<Record<string, number>>): number | null {
  const found = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/iu.exec(text.trim());
  const word = (found?.[2] ?? '').toLowerCase();
  const unit = Object.hasOwn(units, word) ? units[word] : undefined;
  return found === null || unit === undefined ? null : Math.round(Number(found[1]) * unit);
}

/** Bytes of `24GiB`, `512 MB` or a plain number; null for anything else. */
export const readBytes = (text: string): number | null => measured(text, BYTES);

/** Milliseconds of `90s`, `5m`, `1h`, `day`; a plain number is seconds. Null for anything else. */
export function readSpan(text: string): number | null {
  return measured(/^[a-z]/iu.test(text) ? `1${text}` : text, SPANS);
}

/** Credits of `12` or `0.5`; null for anything else. */
export const readCredits = (text: string): number | null =>
  /^\d{1,15}(\.\d+)?$/u.test(text) ? Number(text) : null;

/** At most two decimals; what is less than half a hundredth is not called nothing. */
export function creditsText(amount: number): string {
  const rounded = Math.round(Math.abs(amount) * 100) / 100;
  const sign = amount < 0 ? '-' : '';
  if (rounded === 0) return amount === 0 ? '0' : `${sign}<0.01`;
  const [whole = '0', decimals] = String(rounded).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/gu, ',');
  return `${sign}${grouped}${decimals === undefined ? '' : `.${decimals}`}`;
}

/** `1 credit`, `0.02 credits` */
export function priceText(amount: number): string {
  const text = creditsText(amount);
  return `${text} credit${text === '1' ? '' : 's'}`;
}

/** `850 ms`, `2.4 s`, `5 min`, `3 h`, `2 days`. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${Math.round(ms / 100) / 10} s`;
  const minutes = ms / 60_000;
  if (minutes < 10) return `${Math.round(minutes * 10) / 10} min`;
  if (minutes < 99.5) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

/** `12 s ago`, `in 4 min`, `now`; `-` where there is no instant. */
export function relativeText(iso: string | null | undefined, now: number = Date.now()): string {
  if (iso === null || iso === undefined) return '-';
  const span = Date.parse(iso) - now;
  if (Math.abs(span) < 1000) return 'now';
  const text = spanText(Math.round(Math.abs(span) / 1000) * 1000);
  return span < 0 ? `${text} ago` : `in ${text}`;
}

export function bytesText(bytes: number | null): string {
  if (bytes === null) return '-';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Math.round(value * 10) / 10} ${units[unit]}`;
}

/** `1 cpu slot`, `4 gpu slots`. */
export const countText = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
