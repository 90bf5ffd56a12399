// Credits of one bargaining: as many decimals as tell its offers apart, the same for all of them.
import type { BargainingDoc } from '../../core/engine/view/bargaining.ts';
import { fixedCredits, toMicro } from './format.ts';

/** Amounts of one conversation in words; all of them have the same number of decimals. */
export interface Amounts {
  /** 2 to 6. */
  decimals: number;
  /** "0.00225", for columns and labels. */
  text(credits: number): string;
  /** "0.00225 credits", for sentences; "<0.00001 credits" for what would read as nothing. */
  words(credits: number): string;
}

const LEAST = 2;
const MOST = 6;
/** Steps below this part of the range cannot be seen and ask for no decimals of their own. */
const FINEST = 1 / 1000;

/**
 * The amounts of a bargaining: the least difference between two of its offers can be read off them,
 * down to a thousandth of what the offers span or of the zone of agreement, whichever is narrower.
 */
export function amountsOf(doc: BargainingDoc): Amounts {
  return amountsWith(decimalsOf(doc));
}

export function amountsWith(decimals: number): Amounts {
  const least = 10 ** -decimals;
  const text = (credits: number) => fixedCredits(credits, decimals);
  return {
    decimals,
    text,
    words(credits) {
      const nothing = credits !== 0 && Math.abs(credits) < least / 2;
      return `${nothing ? `<${text(least)}` : text(credits)} credits`;
    },
  };
}

function decimalsOf({ rounds, deal, limits }: BargainingDoc): number {
  const offers = rounds.flatMap(({ manager, contractor }) => [manager, contractor]);
  const prices = [...offers, deal].flatMap((one) => (one ? [toMicro(one.price)] : []));
  const sorted = [...new Set(prices)].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((price, i) => price - (sorted[i] ?? 0));
  const zone = limits === null ? 0 : toMicro(limits.manager - limits.contractor);
  const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  const ranges = [zone, span].filter((one) => one > 0);
  if (ranges.length === 0) return LEAST;
  const unit = Math.max(Math.min(...steps, ...ranges), Math.min(...ranges) * FINEST);
  // In micro-credits: a unit of 1 needs all six decimals, one of 10,000 and more only two.
  const decimals = MOST - Math.floor(Math.log10(unit) + 1e-9);
  return Math.min(MOST, Math.max(LEAST, decimals));
}
