// The hash chain over the journal: hash[n] = H(hash[n-1] ‖ bytes[n]). Whoever holds a receipt
// (seq, head) can tell whether the journal he is shown still contains what he was promised.

/** SHA-256 of a UTF-8 text as lower-case hex. A port: the engine has no crypto of its own. */
export type Hash = (text: string) => string;

/** The head of an empty journal. */
export const GENESIS = '0'.repeat(64);

/** Head after one more event whose stored bytes are `text`. */
export function link(hash: Hash, previous: string, text: string): string {
  return hash(previous + text);
}

/** Proof that a command is durable: its last event's number and the chain's head there. */
export interface Receipt {
  seq: number;
  head: string;
}
