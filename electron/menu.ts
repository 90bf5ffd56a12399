import { app, Menu, type MenuItemConstructorOptions } from 'electron';

/** A menu without links to the outside; it carries the keys for zoom, reload and full screen. */
export function setMenu(): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  if (!app.isPackaged) view.push({ role: 'toggleDevTools' });
  const first: MenuItemConstructorOptions =
    process.platform === 'darwin' ? { role: 'appMenu' } : { role: 'fileMenu' };
  const menu = [first, { role: 'editMenu' } as const, { label: 'View', submenu: view }];
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
}
