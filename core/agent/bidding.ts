// Bidding policies: from what a slot is worth to what is bid for it.
import { credits, type Credits, max } from '../engine/base/credits.ts';
import type { Pricing } from '../engine/protocol/bodies.ts';

/** What a bidder knows when it bids. */
export interface Occasion {
  pricing: Pricing;
  /** Its own willingness to pay. */
  worth: Credits;
  /** How often it has tried for this task without success. */
  attempts: number;
  /** Rivals it reckons with, itself apart; from its own past, never from sealed bids. */
  rivals: number;
}

export type BiddingPolicy = (o: Occasion) => Credits;

/** Bids its worth: dominant under second price, generous under first price. */
const truthful: BiddingPolicy = ({ worth }) => worth;

/**
 * Shades under first price as in the symmetric equilibrium for values uniform on [0, v]: bid
 * `v (n-1)/n` with n bidders (Krishna, Auction Theory, 2.3). Truthful under second price.
 */
const shaded: BiddingPolicy = ({ pricing, worth, rivals }) =>
  pricing === 'first-price' ? credits(Math.floor((worth * rivals) / (rivals + 1))) : worth;

/** Starts at 40 % of its worth and adds 20 % with each failed attempt. */
const frugal: BiddingPolicy = ({ worth, attempts }) =>
  max(credits(0), credits(Math.floor((worth * Math.min(10, 4 + 2 * attempts)) / 10)));

export const BIDDING: Readonly<Record<string, BiddingPolicy>> = { truthful, shaded, frugal };
export type BiddingName = keyof typeof BIDDING;

export function biddingPolicy(name: string): BiddingPolicy {
  return (Object.hasOwn(BIDDING, name) ? BIDDING[name] : undefined) ?? truthful;
}
