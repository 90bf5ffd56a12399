// What theory predicts for a bargaining whose limits are known, and how far its deal lies from it.
import { nashPrice } from '../../../core/engine/theory/nash.ts';
import { alternatingPrice } from '../../../core/engine/theory/rubinstein.ts';
import type { BargainingDoc } from '../../../core/engine/view/bargaining.ts';
import { zoneOf } from './course.ts';

export interface Prediction {
  name: 'Nash point' | 'Rubinstein split';
  /** Credits. */
  price: number;
}

/**
 * The prediction for this protocol. The contractor's proposal counts as the first offer. Null where
 * the limits are unknown or leave no zone, and where theory names no single price.
 */
export function predictionOf(doc: BargainingDoc): Prediction | null {
  const zone = zoneOf(doc);
  if (zone === null) return null;
  const ends = { value: zone.manager, cost: zone.contractor };
  const { manager, contractor } = doc.discount;
  const [name, price] =
    doc.protocol === 'monotonic-concession'
      ? (['Nash point', nashPrice(ends)] as const)
      : ([
          'Rubinstein split',
          alternatingPrice({
            ...ends,
            deltaBuyer: manager,
            deltaSeller: contractor,
            first: 'seller',
          }),
        ] as const);
  return price === null ? null : { name, price };
}

export interface Distance {
  /** Deal less prediction, in credits. */
  apart: number;
  /** The same as part of the zone. */
  part: number;
}
export function distanceOf(doc: BargainingDoc): Distance | null {
  const prediction = predictionOf(doc);
  const zone = zoneOf(doc);
  if (prediction === null || zone === null || doc.deal === null) return null;
  const apart = doc.deal.price - prediction.price;
  return { apart, part: apart / (zone.manager - zone.contractor) };
}
