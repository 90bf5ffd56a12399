// The two channels to the host. Both carry the same messages; the page does not know which it has.
import type { HostToScreen, ScreenToHost } from '../../core/contract.ts';
import type { Patch, Snapshot } from '../../core/engine/view/model.ts';

export type FromHost = HostToScreen<Snapshot, Patch>;

export interface Listener {
  onOpen(): void;
  onMessage(message: FromHost): void;
  /** `refused`: trying again would not help. */
  onClose(why: 'lost' | 'refused'): void;
}

export interface Transport {
  send(message: ScreenToHost): void;
  /** Tries at once instead of waiting for the next attempt. */
  retry(): void;
}

/** Desktop: the preload hands over a port, and a fresh one whenever the host has started again. */
export function overPort(listener: Listener): Transport {
  let port: MessagePort | null = null;
  window.addEventListener('message', (event: MessageEvent<{ kind?: unknown } | null>) => {
    const [fresh] = event.ports;
    if (event.source !== window || event.data?.kind !== 'host:port' || !fresh) return;
    port?.close();
    port = fresh;
    fresh.onmessage = (message: MessageEvent<FromHost>) => {
      if (port === fresh) listener.onMessage(message.data);
    };
    fresh.addEventListener('close', () => {
      if (port === fresh) listener.onClose('lost');
    });
    listener.onOpen();
  });
  return { send: (message) => port?.postMessage(message), retry: () => undefined };
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8_000;
/** Close code of a host that does not know the token (policy violation). */
const REFUSED = new Set([1008, 4001, 4401, 4403]);

/** Browser: a WebSocket of the same origin, opened again with back-off for as long as it takes. */
export function overSocket(listener: Listener, token: string): Transport {
  let socket: WebSocket | null = null;
  let waitMs = FIRST_RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    clearTimeout(timer);
    const fresh = new WebSocket(`${location.origin.replace(/^http/u, 'ws')}/ws`);
    socket = fresh;
    fresh.addEventListener('open', () => {
      fresh.send(JSON.stringify({ kind: 'hello', token }));
      listener.onOpen();
    });
    fresh.addEventListener('message', (event) => {
      waitMs = FIRST_RETRY_MS;
      listener.onMessage(JSON.parse(String(event.data)) as FromHost);
    });
    fresh.addEventListener('close', ({ code }) => {
      if (socket !== fresh) return;
      socket = null;
      listener.onClose(REFUSED.has(code) ? 'refused' : 'lost');
      if (REFUSED.has(code)) return;
      timer = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LAST_RETRY_MS);
    });
  };
  open();
  return {
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    retry() {
      if (socket === null) open();
    },
  };
}

const TOKEN = 'haggle:token';

/**
 * The token arrives in the fragment, which no server sees; it leaves the address bar at once and
 * survives a reload of this tab only. What else the fragment says is kept as the route.
 */
export function takeToken(): string {
  const found = /^#token=([^&]+)&?(.*)$/u.exec(location.hash);
  if (found) {
    sessionStorage.setItem(TOKEN, decodeURIComponent(found[1] ?? ''));
    const rest = (found[2] ?? '').replace(/^#?/u, '');
    history.replaceState(null, '', `${location.pathname}#${rest || '/floor'}`);
  }
  return sessionStorage.getItem(TOKEN) ?? '';
}
