// For those who listen: a lease starts, a lease ends, an alarm. Nothing else speaks by itself, and
// a burst is said in one sentence.
import { useEffect, useState } from 'react';
import { marketStore } from '../mirror/link.ts';
import { counted } from '../words/format.ts';

const EVERY_MS = 4_000;

export function Announcer() {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const known = new Map<string, boolean>();
    let started = 0;
    let ended = 0;
    const look = () => {
      const { leases } = marketStore.getState().model;
      for (const [id, lease] of leases) {
        const over = lease.ended !== null;
        const before = known.get(id);
        if (before === undefined && !over) started += 1;
        if (before === false && over) ended += 1;
        known.set(id, over);
      }
      for (const id of known.keys()) if (!leases.has(id)) known.delete(id);
    };
    let primed = false;
    const prime = () => {
      if (primed || !marketStore.getState().ready) return;
      look();
      started = 0;
      primed = true;
    };
    prime();
    const stop = marketStore.subscribe((now, before) => {
      prime();
      if (primed && now.rev.leases !== before.rev.leases) look();
    });
    const timer = setInterval(() => {
      if (started + ended === 0) return;
      setSaid(sentence(started, ended));
      started = 0;
      ended = 0;
    }, EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
  return <output className="visually-hidden">{said}</output>;
}

function sentence(started: number, ended: number): string {
  const parts = [
    started > 0 ? `${counted(started, 'lease')} started` : '',
    ended > 0 ? `${counted(ended, 'lease')} ended` : '',
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}
