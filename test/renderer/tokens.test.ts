// Contrast, computed from the list of colours itself: text 4.5:1, marks 3:1, in light and dark.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const file = path.resolve(import.meta.dirname, '../../renderer/ui/tokens.css');
const css = fs.readFileSync(file, 'utf8');
const tokens = new Map<string, readonly [light: string, dark: string]>();
for (const [, name, light, dark] of css.matchAll(
  /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/gu,
)) {
  if (name && light && dark) tokens.set(name, [light, dark]);
}

const THEMES = ['light', 'dark'] as const;
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string, theme: number): number {
  const [x, y] = [a, b].map((name) => luminance(tokens.get(name)?.[theme] ?? '#808080'));
  const [low, high] = [x ?? 0, y ?? 0].toSorted((m, n) => m - n);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function check(marks: readonly string[], grounds: readonly string[], least: number): void {
  THEMES.forEach((theme, i) => {
    for (const mark of marks) {
      for (const ground of grounds) {
        const found = contrast(mark, ground, i);
        const what = `${mark} on ${ground}, ${theme}: ${found.toFixed(2)}`;
        assert.ok(found >= least, what);
      }
    }
  });
}

test('the list is read', () => assert.ok(tokens.size >= 26, `${tokens.size} colours`));

test('text keeps 4.5:1 on every surface', () => {
  const grounds = ['bg', 'surface', 'raised', 'hover'];
  check(['text', 'text-2', 'accent', 'good', 'warn', 'bad'], grounds, 4.5);
  check(['text-3'], ['bg', 'surface', 'raised'], 4.5);
  check(['text', 'text-2', 'accent'], ['accent-soft'], 4.5);
  check(['on-accent'], ['accent'], 4.5);
  for (const tone of ['good', 'warn', 'bad']) check(['text', tone], [`${tone}-soft`], 4.5);
});

test('the colours of agents keep 3:1 as marks', () => {
  const marks = Array.from({ length: 8 }, (_, i) => `cat-${i + 1}`);
  check(marks, ['bg', 'surface', 'raised'], 3);
});
