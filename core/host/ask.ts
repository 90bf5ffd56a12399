// Commands of the host's own, as promises: for the parts that act on the operator's behalf.
import type { About, Actor, CommandBody } from '../engine/market/commands.ts';
import type { Loop } from './loop.ts';

export type Ask = (actor: Actor, body: CommandBody) => Promise<Asked>;
export type Asked = { ok: true; about: About } | { ok: false; code: string; detail: string };

/** @param stir tells the host that the inbox has something */
export function createAsk(loop: Loop, stir: () => void): Ask {
  return (actor, body) =>
    new Promise((resolve) => {
      const taken = loop.submit({
        actor,
        body,
        key: null,
        show: (_m, about) => ({ about }),
        reply(r) {
          const doc = JSON.parse(r.body) as { about?: About; code?: string; detail?: string };
          if (r.status < 400) resolve({ ok: true, about: doc.about ?? {} });
          else resolve({ ok: false, code: doc.code ?? '', detail: doc.detail ?? '' });
        },
      });
      if (taken) stir();
      else resolve({ ok: false, code: 'overloaded', detail: 'too many commands are waiting' });
    });
}
