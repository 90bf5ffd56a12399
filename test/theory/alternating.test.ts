// Goal: alternating offers, played, come out as the theory says, and end whoever plays.
// Method: rational players who know only induction; others who know less.
// Check: the division equals the closed form in the first round; a planted fault (a player who
// takes the other side's patience for its own) does not.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  playAlternating,
  rationalPlayer,
  splitPlayer,
  timeDependentPlayer,
} from '../../core/engine/theory/alternating.ts';
import { finiteShare, firstShare, type Game } from '../../core/engine/theory/rubinstein.ts';

const free = [0, 0] as const;
const patience = fc.double({ min: 0, max: 0.99, noNaN: true });

/** Both rational; the first one computes with `mistaken` where that is given. */
function play(game: Game, horizon: number | null, mistaken: Game = game) {
  const players = [rationalPlayer(mistaken, horizon, 0), rationalPlayer(game, horizon, 1)] as const;
  return playAlternating(game, players, horizon ?? 1_000);
}

suite('rational players', () => {
  test('divide the pie at once, as the closed forms say', () => {
    fc.assert(
      fc.property(patience, patience, fc.integer({ min: 1, max: 60 }), (d1, d2, T) => {
        const game: Game = { delta: [d1, d2], cost: free };
        const solved = firstShare(game);
        const endless = play(game, null);
        assert.equal(endless.rounds, 1);
        assert.ok(solved.unique && Math.abs((endless.shares?.[0] ?? NaN) - solved.share) < 1e-9);
        const last = play(game, T);
        assert.equal(last.rounds, 1);
        assert.ok(Math.abs((last.shares?.[0] ?? NaN) - finiteShare(game.delta, T)) < 1e-9);
      }),
    );
  });

  test('the second mover would have taken nothing less', () => {
    const game: Game = { delta: [0.9, 0.8], cost: free };
    const second = rationalPlayer(game, null, 1);
    const offered = 1 - 0.714285714286;
    assert.deepEqual(
      [second.accepts(1, offered + 1e-9), second.accepts(1, offered - 1e-6)],
      [true, false],
    );
  });

  test('a planted mistake about who is patient is seen', () => {
    const game: Game = { delta: [0.9, 0.8], cost: free };
    const { shares } = play(game, null, { delta: [0.8, 0.9], cost: free });
    assert.ok(Math.abs((shares?.[0] ?? 0) - 0.714285714286) > 0.1);
  });
});

suite('other players', () => {
  const game: Game = { delta: [0.99, 0.95], cost: [0, 0.01] };

  test('who only ever takes half meets nobody who knows better, and it ends', () => {
    const players = [rationalPlayer(game, null, 0), splitPlayer] as const;
    const ended = playAlternating(game, players, 50);
    assert.deepEqual([ended.shares, ended.rounds, ended.demands.length], [null, 50, 50]);
    assert.ok(ended.utilities[1] < 0); // waiting was not for nothing
  });

  test('two who concede by the clock meet before the deadline', () => {
    const slow = timeDependentPlayer(20, 0.5, 0);
    const fast = timeDependentPlayer(20, 2, 0);
    const { shares, rounds } = playAlternating(game, [slow, fast], 20);
    assert.ok(rounds > 1 && rounds < 20);
    assert.ok((shares?.[0] ?? 0) > 0.5, 'who holds out gets more');
  });
});
