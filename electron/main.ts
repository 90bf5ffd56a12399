import { app, type BrowserWindow, MessageChannelMain, protocol, utilityProcess } from 'electron';
import type { HostStatus, ShellInfo } from '../core/contract.ts';
import { answer } from './ipc.ts';
import { mark, marks, startedAt } from './marks.ts';
import { setMenu } from './menu.ts';
import { hostEntry, hostEnv, type Options, pageRoot, readOptions } from './options.ts';
import { SCHEME } from './origin.ts';
import { servePageFile } from './page-files.ts';
import { guardPages, openInBrowser } from './security.ts';
import { superviseHost, type Supervisor } from './supervisor.ts';
import { focusWindow, openWindow } from './window.ts';

mark('start');
const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }]);
// enableSandbox() crash-loops for root, even with --no-sandbox on the command line.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
const options = readOptions(process.argv);
if (app.requestSingleInstanceLock()) run(options);
else app.exit(0); // the first instance shows its window

function run({ dataDir, demo }: Options): void {
  let window: BrowserWindow | null = null;
  let loaded = false;
  const host = superviseHost(
    () => {
      const args = ['--data-dir', dataDir, ...(demo ? ['--demo'] : [])];
      const env = { ...process.env, ...hostEnv() };
      return utilityProcess.fork(hostEntry(), args, { serviceName: 'host', stdio: 'inherit', env });
    },
    (status) => tell(status),
  );
  /** The page learns every status; each new host and each new page also gets a fresh channel. */
  const tell = (status: HostStatus) => {
    if (status.state === 'up') mark('hostReady');
    if (!window || window.isDestroyed() || !loaded) return;
    window.webContents.send('host:status', status);
    if (status.state === 'up') introduce(host, window);
  };
  guardPages();
  setMenu();
  stopHostBeforeQuit(host);
  app.on('second-instance', () => window && focusWindow(window));
  app.on('window-all-closed', () => app.quit());
  void app.whenReady().then(() => {
    mark('ready');
    host.start();
    answerPage(host, dataDir);
    const root = pageRoot();
    protocol.handle(SCHEME, (request) => servePageFile(root, request.url));
    window = openWindow(() => {
      mark('loaded');
      loaded = true;
      tell(host.status());
    });
  });
}

/** One channel, one end to the page, one to the host; the old one closes with whoever died. */
function introduce(host: Supervisor, window: BrowserWindow): void {
  const { port1, port2 } = new MessageChannelMain();
  if (host.connect(port1)) window.webContents.postMessage('host:port', null, [port2]);
}

function answerPage(host: Supervisor, dataDir: string): void {
  answer('shell:info', (): ShellInfo => {
    const versions = { haggle: app.getVersion(), ...(process.versions as Record<string, string>) };
    return { versions, startedAt, marks, packaged: app.isPackaged, dataDir };
  });
  answer('shell:open-external', openInBrowser);
  answer('shell:restart-host', () => host.restart());
}

/** Quitting waits for the host: it finishes the commit in hand and ends its jobs. */
function stopHostBeforeQuit(host: Supervisor): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    void host.stop().then(() => {
      state = 'stopped';
      app.quit();
    });
  });
}
