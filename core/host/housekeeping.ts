// What is done now and then: checking old history, dropping what need not be kept, telling screens
// how the machine is.
import { LIMITS } from '../engine/base/limits.ts';
import { MINUTE } from '../engine/base/time.ts';
import { isOpen } from '../engine/market/state.ts';
import type { Clock } from './clock.ts';
import type { Demo } from './demo.ts';
import type { Journal } from './journal/journal.ts';
import type { MarketCore } from './market-core.ts';
import type { Metrics } from './metrics.ts';
import type { Screens } from './screens.ts';
import type { Tools } from './tools.ts';

const VERIFY_EVENTS = 2000;
const VERIFY_PAUSE_MS = 20;
const TELEMETRY_MS = 1000;
const QUIET_CHECK_MS = 500;
/** Fewer events than this in one check's time are a quiet moment. */
const QUIET_EVENTS = 50;

export function keepHouse(parts: {
  journal: Journal;
  core: MarketCore;
  clock: Clock;
  screens: Screens;
  demo: Demo;
  tools: Tools;
  metrics: Metrics;
}): { stop(): void } {
  const { journal, core, clock } = parts;
  let stopped = false;

  /** History that a snapshot stood in for at the start; a break in it stops the host. */
  function verify(): void {
    if (stopped) return;
    try {
      if (journal.verifyMore(VERIFY_EVENTS)) setTimeout(verify, VERIFY_PAUSE_MS).unref();
    } catch (e) {
      core.fatal(e);
    }
  }

  function tidy(): void {
    if (core.storageFull()) return;
    journal.forgetReplies(clock.now() - LIMITS.keyKeptMs);
    const { conversations } = core.loop.market();
    for (const { agent, id } of journal.notes.all()) {
      const call = conversations.get(id);
      if (call === undefined || !isOpen(call)) journal.notes.drop(agent, id);
    }
  }

  let seenSeq = 0;
  /** A snapshot holds everybody up for a moment, so it waits until few would notice. */
  function snapshotWhenQuiet(): void {
    const { loop } = core;
    const m = loop.market();
    const quiet = m.seq - seenSeq < QUIET_EVENTS && loop.waiting() === 0;
    seenSeq = m.seq;
    if (quiet && journal.snapshotDue() && !core.storageFull()) journal.snapshot(m, loop.head());
  }

  function tellTelemetry(): void {
    if (parts.screens.count() === 0) return;
    const host = { rssBytes: process.memoryUsage.rss(), ...parts.metrics.recent() };
    const jobs = parts.tools.executor.running();
    const sensed = parts.tools.sensed();
    const telemetry = { at: clock.now(), ...sensed, jobs, host };
    parts.screens.tell({ kind: 'telemetry', telemetry });
  }

  setTimeout(verify, VERIFY_PAUSE_MS).unref();
  const timers = [
    setInterval(tidy, MINUTE),
    setInterval(tellTelemetry, TELEMETRY_MS),
    setInterval(snapshotWhenQuiet, QUIET_CHECK_MS),
  ];
  for (const t of timers) t.unref();
  return {
    stop() {
      stopped = true;
      for (const t of timers) clearInterval(t);
    },
  };
}
