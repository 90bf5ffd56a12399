import { app, type Session, shell } from 'electron';
import { isOpenable, isOwnPage } from './origin.ts';

/** Tests must never open a real browser. */
const DRY = process.env.HAGGLE_TEST === '1';

/** Denies every page whatever our own screen does not need; call before any window exists. */
export function guardPages(): void {
  app.on('web-contents-created', (_event, page) => {
    page.on('will-frame-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    page.on('will-attach-webview', (event) => event.preventDefault());
    page.setWindowOpenHandler(({ url }) => {
      if (isOpenable(url)) void openInBrowser(url);
      return { action: 'deny' };
    });
  });
}

/** Camera, notifications, USB and the rest: the screen needs none of them. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_page, _permission, reply) => reply(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** Opens an https address outside; throws on anything else. */
export async function openInBrowser(url: unknown): Promise<void> {
  if (!isOpenable(url)) throw new Error('only https addresses can be opened');
  if (!DRY) await shell.openExternal(url);
}
