import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { isOwnPage } from './origin.ts';

/** Answers calls of our own page's top frame on `channel`; every other sender is refused. */
export function answer(channel: string, reply: (argument: unknown) => unknown): void {
  ipcMain.handle(channel, (event, argument: unknown) => {
    if (!isTrusted(event)) throw new Error('untrusted sender');
    return reply(argument);
  });
}

function isTrusted({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnPage(senderFrame.url);
}
