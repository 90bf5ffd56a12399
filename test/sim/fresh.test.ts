// As many worlds again that nobody has seen yet. A failure prints its seed, which replays it.
import test from 'node:test';
import { campaign, WORLDS } from './campaign.ts';

const FROM = Number(process.env.HAGGLE_SIM_FROM ?? Math.floor(Date.now() / 1000) * 1000);

test('no invariant breaks in any world that is new', async (t) => {
  t.diagnostic(`from seed ${FROM} on`);
  await campaign(t, FROM, Math.floor(WORLDS / 2));
});
