// Roles of widgets that no single tag carries: a table of which only the visible rows exist, and
// the list under a search field. Spread onto plain elements.
export const TABLE = { role: 'table' } as const;
export const ROW_GROUP = { role: 'rowgroup' } as const;
export const ROW = { role: 'row' } as const;
export const CELL = { role: 'cell' } as const;
export const COLUMN_HEAD = { role: 'columnheader' } as const;
export const LIST_BOX = { role: 'listbox' } as const;
export const option = (selected: boolean) =>
  ({ role: 'option', tabIndex: -1, 'aria-selected': selected }) as const;
export const SLIDER = { role: 'slider', tabIndex: 0 } as const;
export const APPLICATION = { role: 'application', tabIndex: 0 } as const;
