import { BrowserWindow, nativeTheme } from 'electron';
import path from 'node:path';
import { mark } from './marks.ts';
import { START_URL } from './origin.ts';
import { denyPermissions } from './security.ts';

const PRELOAD = path.join(import.meta.dirname, '../preload/preload.cjs');
const ICON = path.join(import.meta.dirname, 'icon.png');
const RELOAD_MS = 1_000;

/** The first colour on screen, before the page draws: a white flash in the dark hurts. */
const BACKGROUND = { dark: '#0e1116', light: '#ffffff' };

/** Opens the one window; `onLoaded` is called whenever the page has (re)loaded. */
export function openWindow(onLoaded: () => void): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    title: 'Haggle',
    icon: ICON,
    webPreferences: {
      preload: PRELOAD,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      disableBlinkFeatures: 'Auxclick',
    },
  });
  mark('window');
  const page = window.webContents;
  denyPermissions(page.session);
  window.once('ready-to-show', () => {
    mark('shown');
    window.show();
  });
  page.on('did-finish-load', onLoaded);
  page.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    console.error(`haggle: the page ended (${reason}); loading it again`);
    setTimeout(() => window.isDestroyed() || page.reload(), RELOAD_MS);
  });
  void window.loadURL(START_URL).catch((error: Error) => {
    console.error(`haggle: the page did not load: ${error.message}`);
  });
  return window;
}

/** Brings the window to the front, as a person expects who starts Haggle twice. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
