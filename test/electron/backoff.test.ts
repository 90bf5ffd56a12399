import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBackoff } from '../../electron/backoff.ts';

const delayOf = (verdict: ReturnType<ReturnType<typeof createBackoff>['died']>) =>
  verdict.restart ? verdict.delayMs : 'given up';

describe('back-off of the host', () => {
  it('doubles from 100 ms and gives up at the fifth quick death', () => {
    const backoff = createBackoff();
    const delays = Array.from({ length: 5 }, () => delayOf(backoff.died(50)));
    assert.deepEqual(delays, [100, 200, 400, 800, 'given up']);
    assert.equal(backoff.quickDeaths(), 5);
  });

  it('never gives up on a host that works for a while, but slows down to 5 s', () => {
    const backoff = createBackoff();
    const delays = Array.from({ length: 8 }, () => delayOf(backoff.died(20_000)));
    assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    assert.equal(backoff.quickDeaths(), 0);
  });

  it('forgets after a minute of life, and when a person asks', () => {
    const backoff = createBackoff();
    for (let i = 0; i < 4; i++) backoff.died(50);
    assert.equal(delayOf(backoff.died(60_000)), 100);
    for (let i = 0; i < 5; i++) backoff.died(50);
    backoff.reset();
    assert.equal(delayOf(backoff.died(50)), 100);
  });
});
