// SVG as text: elements, escaping, and the colours of light and dark.

export type Attributes = Readonly<Record<string, string | number>>;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as XML 1.0 admits it: names and labels may come from an input. */
export function escaped(text: string): string {
  return (
    text
      // Lone surrogates and what XML has no place for.
      .replace(/[\p{Cs}\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/gu, ' ')
      .replace(/[&<>"']/gu, (sign) => ENTITIES[sign] ?? '')
  );
}

/** An element; numbers are rounded to a hundredth of a pixel. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const all = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
    return ` ${key}="${escaped(text)}"`;
  });
  const open = `<${name}${all.join('')}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

/** A line of text; `class` says its size and colour. */
export function label(text: string, attributes: Attributes): string {
  return element('text', attributes, escaped(text));
}

/** Room for a label is bounded: what is longer ends in an ellipsis. */
export function clipped(text: string, charactersMax: number): string {
  const signs = [...text];
  return signs.length > charactersMax ? `${signs.slice(0, charactersMax - 1).join('')}…` : text;
}

/** Colours that people with any colour vision tell apart (Okabe and Ito, 2008). */
const LIGHT = ['#0072b2', '#d55e00', '#00785a', '#a9467f', '#7a6a00'];
const DARK = ['#56b4e9', '#ff9b4a', '#2fc79c', '#e59ac4', '#f0e442'];
export const COLOURS = LIGHT.length;

const inks = (colours: readonly string[]): string =>
  colours.map((ink, i) => `.s${i}{stroke:${ink}}.f${i}{fill:${ink}}`).join('');

/** Plain values, no variables: not every viewer of SVG knows these. */
export const STYLE = [
  'text{font:12px system-ui,sans-serif;fill:#1c1c1e}',
  'text.head{font-size:16px;font-weight:600}text.name{font-size:13px;font-weight:600}',
  'text.dim{fill:#5c5c62}.page{fill:#fff}.grid{stroke:#e3e3e6}.axis{stroke:#8a8a90}',
  '.curve{fill:none;stroke-width:2;stroke-linejoin:round}.grey{stroke:#8a8a90}',
  '.level{stroke:#8a8a90;stroke-dasharray:5 4}.whisker{stroke:#1c1c1e;stroke-width:1.5}',
  '.dot{fill:#8a8a90}',
  inks(LIGHT),
  '@media (prefers-color-scheme:dark){text{fill:#f0f0f2}text.dim{fill:#a5a5ad}',
  '.page{fill:#17181b}.grid{stroke:#303137}.whisker{stroke:#f0f0f2}',
  inks(DARK),
  '}',
].join('');
