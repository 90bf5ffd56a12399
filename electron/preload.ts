import { contextBridge, ipcRenderer } from 'electron';
import type { HostPortMessage, HostStatus, ShellApi, ShellInfo } from '../core/contract.ts';

let latest: HostStatus = { kind: 'host-status', state: 'starting' };
const listeners = new Set<(status: HostStatus) => void>();

ipcRenderer.on('host:status', (_event, status: HostStatus) => {
  latest = status;
  for (const listener of listeners) listener(status);
});

// A MessagePort cannot cross contextBridge: transfer it to the page with window.postMessage.
ipcRenderer.on('host:port', (event) => {
  const message: HostPortMessage = { kind: 'host:port' };
  window.postMessage(message, window.origin, event.ports);
});

async function info(): Promise<ShellInfo> {
  const shell: ShellInfo = await ipcRenderer.invoke('shell:info');
  const marks = { ...shell.marks };
  for (const { name, startTime } of performance.getEntriesByType('paint')) {
    marks[name] = Math.round(performance.timeOrigin + startTime - shell.startedAt);
  }
  return { ...shell, marks };
}

const api: ShellApi = {
  info,
  openExternal: (url) => ipcRenderer.invoke('shell:open-external', url),
  onHostStatus(listener) {
    listeners.add(listener);
    listener(latest);
    return () => void listeners.delete(listener);
  },
  restartHost: () => ipcRenderer.invoke('shell:restart-host'),
};
contextBridge.exposeInMainWorld('haggle', api);
