// The screen's channel in a browser: a WebSocket on the same origin. The token comes as the first
// message, not as a cookie: cookies are shared by every port of this machine.
import type http from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Keys } from '../keys.ts';
import { parseScreen, type Screens, type ToScreen } from '../screens.ts';
import { strangeness } from './http.ts';

const HELLO_MS = 5000;
const PAYLOAD_MAX = 1024 * 1024;
/** A socket that leaves this much unread loses telemetry; patches wait for its acknowledgement. */
const BUFFER_MAX = 4 * 1024 * 1024;

/** Accepts upgrades of /ws. Returns a function that ends all sockets. */
export function acceptScreens(
  server: http.Server,
  url: string,
  keys: Keys,
  screens: Screens,
): () => void {
  const { port } = new URL(url);
  const own = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: PAYLOAD_MAX });
  server.on('upgrade', (req, socket, head) => {
    if (req.url !== '/ws' || strangeness(req, own) !== null) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(req, socket, head, (ws) => greet(ws, keys, screens));
  });
  return () => {
    for (const ws of sockets.clients) ws.terminate();
    sockets.close();
  };
}

function greet(ws: WebSocket, keys: Keys, screens: Screens): void {
  const late = setTimeout(() => ws.close(1008, 'no hello'), HELLO_MS);
  ws.on('error', () => ws.terminate());
  ws.once('message', (data) => {
    clearTimeout(late);
    const hello = parseScreen(parse(data));
    const actor = hello?.kind === 'hello' ? keys.identify(hello.token) : null;
    if (actor?.kind !== 'operator') return ws.close(1008, 'bad token');
    const link = screens.connect((m) => send(ws, m));
    ws.on('message', (more) => link.receive(parse(more)));
    ws.on('close', () => link.closed());
  });
  ws.on('close', () => clearTimeout(late));
}

function send(ws: WebSocket, m: ToScreen): void {
  if (m.kind === 'telemetry' && ws.bufferedAmount > BUFFER_MAX) return;
  if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(m));
}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return null; // no shape fits it
  }
}
