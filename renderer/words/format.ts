// Numbers and times as a person reads them. Exact values go into titles and onto the clipboard.

const MICRO = 1_000_000;
const two = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const upToTwo = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 6 });
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const MINUS = '\u2212';

/** Micro-credits with two decimals, for columns: "1,204.50". */
export function credits(micro: number): string {
  return signed(two, micro / MICRO);
}
/** Micro-credits with up to two decimals, for sentences: "8.2", "<0.01". */
export function creditsShort(micro: number): string {
  const value = micro / MICRO;
  if (value !== 0 && Math.abs(value) < 0.005) return value > 0 ? '<0.01' : `>${MINUS}0.01`;
  return signed(upToTwo, value);
}
/** "8.2 credits", "1 credit". */
export function creditsInWords(micro: number): string {
  const text = creditsShort(micro);
  return `${text} ${text === '1' ? 'credit' : 'credits'}`;
}
/** All six decimals, for titles and copies. */
export function creditsExact(micro: number): string {
  return `${signed(exact, micro / MICRO)} credits`;
}
/** Decimal credits of an API document, in the way of `credits`. */
export function decimalCredits(value: number): string {
  return signed(two, value);
}
/** Decimal credits with exactly so many decimals, 2 to 6. */
export function fixedCredits(value: number, decimals: number): string {
  return signed(fixed(decimals), value);
}
const formats = new Map([[2, two]]);
function fixed(decimals: number): Intl.NumberFormat {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const known = formats.get(decimals) ?? new Intl.NumberFormat('en-GB', digits);
  formats.set(decimals, known);
  return known;
}
export function toMicro(value: number): number {
  return Math.round(value * MICRO);
}

function signed(format: Intl.NumberFormat, value: number): string {
  const text = format.format(Math.abs(value));
  const zero = !/[1-9]/u.test(text);
  return value < 0 && !zero ? MINUS + text : text;
}

export function count(n: number): string {
  return whole.format(n);
}
/** "1 slot", "3 slots". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
/** 0..1 as "37 %". */
export function percent(part: number): string {
  return `${signed(whole, part * 100)} %`;
}

const KIB = 1024;
const MIB = KIB ** 2;
const GIB = KIB ** 3;
/** Bytes as KiB, MiB or GiB. */
export function bytes(n: number): string {
  if (n >= GIB) return `${tenth(n / GIB)} GiB`;
  if (n >= MIB) return `${whole.format(n / MIB)} MiB`;
  return `${whole.format(n / KIB)} KiB`;
}
function tenth(n: number): string {
  return n >= 100 ? whole.format(n) : String(Math.round(n * 10) / 10);
}

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

/** A span: "0.4 s", "12 s", "5 min", "1 h 20 min", "3 d 4 h". */
export function span(ms: number): string {
  const abs = Math.max(0, ms);
  if (abs < 10 * S) return `${Math.round(abs / 100) / 10} s`;
  if (abs < 100 * S) return `${Math.round(abs / S)} s`;
  if (abs < 100 * M) return `${Math.round(abs / M)} min`;
  if (abs < 48 * H) return pair(abs, H, 'h', M, 'min');
  return pair(abs, D, 'd', H, 'h');
}
function pair(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const steps = Math.round(ms / small);
  const per = big / small;
  const rest = steps % per;
  const head = `${Math.floor(steps / per)} ${bigName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}
/** Time left to a point, coarse enough not to flicker: "34 s", "4 min", "now". */
export function left(until: number, now: number): string {
  const ms = until - now;
  if (ms <= 0) return 'now';
  return ms < 100 * S ? `${Math.ceil(ms / S)} s` : span(ms);
}
/** "12 s ago", "in 4 min", "now". */
export function relative(at: number, now: number): string {
  const ms = at - now;
  if (Math.abs(ms) < S) return 'now';
  const text = Math.abs(ms) < 100 * S ? `${Math.round(Math.abs(ms) / S)} s` : span(Math.abs(ms));
  return ms > 0 ? `in ${text}` : `${text} ago`;
}

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** "14:02:11", local. */
export function clockTime(at: number): string {
  return clockFormat.format(at);
}
/** "14:02:11" today, else "3 Mar, 14:02:11". */
export function dayTime(at: number, now: number): string {
  const day = dayFormat.format(at);
  return day === dayFormat.format(now) ? clockTime(at) : `${day}, ${clockTime(at)}`;
}
/** With milliseconds, for traces: "14:02:11.402". */
export function clockMs(at: number): string {
  return `${clockTime(at)}.${String(((at % S) + S) % S).padStart(3, '0')}`;
}
/** The exact instant, for titles. */
export function exactTime(at: number): string {
  return new Date(at).toISOString();
}
/** Head of the journal: enough to compare by eye. */
export function shortHash(head: string): string {
  return head.slice(0, 8);
}
/** First letter as a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
