// Colours for what is not drawn by CSS: canvases, charts, diagrams.

export const CATEGORIES = 8;

/** The colour that an agent keeps everywhere, by its place in order of arrival. */
export function categoryOf(ordinal: number | undefined): string {
  return ordinal === undefined ? 'var(--text-3)' : `var(--cat-${(ordinal % CATEGORIES) + 1})`;
}

/** A token's value as the browser computes it now: canvas knows neither var() nor light-dark(). */
export function resolve(colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls back when the colours on screen may have changed. */
export function onThemeChange(run: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(run);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  dark.addEventListener('change', run);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', run);
  };
}

/** #rrggbb of a computed colour, for libraries that parse no other form. */
export function hex(colour: string): string {
  const parts = /(\d+), (\d+), (\d+)/u.exec(resolve(colour))?.slice(1) ?? ['0', '0', '0'];
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}
