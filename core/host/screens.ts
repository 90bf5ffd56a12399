// Screens: a snapshot, then patches, at the pace at which each screen takes them. Nothing queues: a
// slow screen gets fewer and larger patches.
import type { HostToScreen, ScreenToHost } from '../contract.ts';
import type { Market } from '../engine/market/state.ts';
import {
  anyJson,
  integer,
  object,
  oneOf,
  optional,
  read,
  type Shape,
  text,
} from '../engine/protocol/shape.ts';
import type { Patch, Snapshot } from '../engine/view/model.ts';
import {
  nothingTouched,
  patch,
  snapshot,
  touch,
  touchForgotten,
  type Touched,
} from '../engine/view/project.ts';
import { LIMITS } from '../engine/base/limits.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Services } from './gateway/services.ts';
import type { Batch } from './loop.ts';

export type ToScreen = HostToScreen<Snapshot, Patch>;

export interface ScreenLink {
  receive(message: unknown): void;
  closed(): void;
}

export interface Screens {
  /** A screen that has shown that it may look. */
  connect(send: (m: ToScreen) => void): ScreenLink;
  committed(batch: Batch): void;
  /** To all screens: telemetry, demo state, storage state. */
  tell(m: ToScreen): void;
  count(): number;
}

interface Screen {
  send(m: ToScreen): void;
  /** What it has shown; patches go on from here. */
  seq: number;
  touched: Touched;
  dirty: boolean;
  /** A patch is on its way and not yet folded. */
  waiting: boolean;
  timer: NodeJS.Timeout | null;
}

/** One patch per frame at most. */
const FRAME_MS = 16;

interface ScreensParts {
  market(): Market;
  head(): string;
  gateway: Gateway;
  services: Services;
}

/** All screens of a market. */
export function createScreens(parts: ScreensParts): Screens {
  return new Watchers(parts);
}

class Watchers implements Screens {
  private readonly parts: ScreensParts;
  private readonly screens = new Set<Screen>();

  constructor(parts: ScreensParts) {
    this.parts = parts;
  }

  private sendSnapshot(s: Screen): void {
    const m = this.parts.market();
    const at = { seq: m.seq, head: this.parts.head(), at: m.at };
    s.seq = m.seq;
    s.touched = nothingTouched();
    s.dirty = false;
    s.waiting = true;
    const { info } = this.parts.services;
    const demo = this.parts.services.demoState();
    s.send({ kind: 'snapshot', snapshot: snapshot(m, at), info, demo });
  }

  private flush(s: Screen): void {
    s.timer = null;
    if (!s.dirty || s.waiting || !this.screens.has(s)) return;
    const m = this.parts.market();
    const at = { seq: m.seq, head: this.parts.head(), at: m.at };
    const message: ToScreen = { kind: 'patch', patch: patch(m, s.touched, s.seq, at) };
    s.seq = m.seq;
    s.touched = nothingTouched();
    s.dirty = false;
    s.waiting = true;
    s.send(message);
  }

  private schedule(s: Screen): void {
    if (s.dirty && !s.waiting) s.timer ??= setTimeout(() => this.flush(s), FRAME_MS);
  }

  private handle(s: Screen, m: ScreenToHost): void {
    if (m.kind === 'resync') this.sendSnapshot(s);
    else if (m.kind === 'ack') {
      s.waiting = false;
      this.schedule(s);
    } else if (m.kind === 'request') {
      const { id, method, path: url, body } = m;
      const request = { method, url, actor: { kind: 'operator' as const }, body, key: null };
      this.parts.gateway.handle(request, (a) => {
        const json = a.type.includes('json');
        s.send({ kind: 'reply', id, status: a.status, body: json ? JSON.parse(a.body) : a.body });
      });
    }
  }

  connect(send: (m: ToScreen) => void): ScreenLink {
    const s: Screen = {
      send,
      seq: 0,
      touched: nothingTouched(),
      dirty: false,
      waiting: false,
      timer: null,
    };
    this.screens.add(s);
    this.sendSnapshot(s);
    return {
      receive: (raw) => {
        const parsed = parseScreen(raw);
        if (parsed !== null) this.handle(s, parsed);
      },
      closed: () => {
        this.screens.delete(s);
        if (s.timer !== null) clearTimeout(s.timer);
      },
    };
  }

  committed({ entries, forgotten }: Batch): void {
    const m = this.parts.market();
    for (const s of this.screens) {
      for (const { event } of entries) touch(m, s.touched, event);
      touchForgotten(s.touched, forgotten);
      s.dirty = true;
      this.schedule(s);
    }
  }

  tell(message: ToScreen): void {
    for (const s of this.screens) s.send(message);
  }

  count(): number {
    return this.screens.size;
  }
}

const KIND = object({ kind: oneOf(['ack', 'resync', 'request', 'hello']) });
const seq = integer(0, Number.MAX_SAFE_INTEGER);
const SHAPES = {
  hello: object({ kind: oneOf(['hello']), token: text({ max: 200 }) }),
  ack: object({ kind: oneOf(['ack']), seq }),
  resync: object({ kind: oneOf(['resync']) }),
  request: object({
    kind: oneOf(['request']),
    id: seq,
    method: oneOf(['GET', 'POST', 'PUT', 'DELETE']),
    path: text({ max: 2000 }),
    body: optional(anyJson(LIMITS.bodyBytesMax)),
  }),
};

/** A message of a screen, or null for anything else. A screen is trusted, its bytes are not. */
export function parseScreen(raw: unknown): ScreenToHost | null {
  const kind = (raw as { kind?: unknown } | null)?.kind;
  const known = read(KIND, { kind });
  if (!known.ok) return null;
  const shape: Shape<unknown> = SHAPES[known.value.kind];
  const parsed = read(shape, raw);
  return parsed.ok ? (parsed.value as ScreenToHost) : null;
}
