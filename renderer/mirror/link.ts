// The one connection of this page: owns the transport, feeds the mirror, carries requests.
import { createStore } from 'zustand/vanilla';
import type { HostStatus, ShellApi } from '../../core/contract.ts';
import { createClock } from './clock.ts';
import { createMirror, type MarketState } from './market-store.ts';
import { createRequests, type Method } from './requests.ts';
import { createTelemetry } from './telemetry.ts';
import {
  type FromHost,
  type Listener,
  overPort,
  overSocket,
  takeToken,
  type Transport,
} from './transport.ts';

declare global {
  interface Window {
    /** What the preload gives; absent in a browser. */
    haggle?: ShellApi;
  }
}

export interface LinkState {
  /** `refused`: the host does not know our token; `failed`: the shell gave up restarting it. */
  state: 'connecting' | 'live' | 'lost' | 'refused' | 'failed';
  /** Since when it is so, epoch milliseconds. */
  since: number;
  /** What the shell says about the host, where there is a shell. */
  shell: HostStatus | null;
}

const onFrame = (run: () => void): void => void requestAnimationFrame(run);
const mirror = createMirror(onFrame);
const telemetry = createTelemetry(onFrame);

export const marketStore = mirror.store;
export const recordBus = mirror.bus;
export const telemetryStore = telemetry.store;
export const linkStore = createStore<LinkState>(() => ({
  state: 'connecting',
  since: Date.now(),
  shell: null,
}));
export const clock = createClock();

let transport: Transport | null = null;
const requests = createRequests((message) => transport?.send(message));

const listener: Listener = {
  onOpen() {
    mirror.reconnected();
  },
  onMessage(message) {
    hear(message);
    const answer = mirror.fold(message);
    if (answer) transport?.send(answer);
  },
  onClose(why) {
    requests.abandon();
    move(why);
  },
};

function hear(message: FromHost): void {
  switch (message.kind) {
    case 'snapshot':
      clock.heard(message.snapshot.at, message.info.clock === 'manual');
      move('live');
      break;
    case 'patch':
      clock.heard(message.patch.at);
      break;
    case 'telemetry':
      clock.heard(message.telemetry.at);
      telemetry.take(message.telemetry);
      break;
    case 'reply':
      requests.settle(message.id, message.status, message.body);
      break;
    default:
  }
}

function move(state: LinkState['state']): void {
  if (linkStore.getState().state !== state) linkStore.setState({ state, since: Date.now() });
}

/** Opens the connection; call once. */
export function connect(): void {
  const shell = window.haggle;
  if (!shell) {
    const token = takeToken();
    if (token === '') move('refused');
    else transport = overSocket(listener, token);
    return;
  }
  transport = overPort(listener);
  shell.onHostStatus((status) => {
    linkStore.setState({ shell: status });
    if (status.state === 'failed') move('failed');
    else if (status.state === 'down') listener.onClose('lost');
  });
}

/** Does now what would happen later: another attempt, or the restart that was given up. */
export function retryNow(): void {
  if (linkStore.getState().state === 'failed') void window.haggle?.restartHost();
  else transport?.retry();
}

/** Asks the host; rejects with a `Problem` in words for the screen. */
export async function ask<T>(method: Method, path: string, body?: unknown): Promise<T> {
  return (await requests.ask(method, path, body)) as T;
}

export const readMarket = (): MarketState => marketStore.getState();
