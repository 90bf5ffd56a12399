// The flow of a negotiation, drawn by Mermaid from the same source that the docs use.
import { useEffect, useState } from 'react';
import { hex, onThemeChange } from '../ui/colours.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import source from './flow.mmd?raw';

/** Draws it in the colours of the present theme. */
async function draw(): Promise<string> {
  const { default: mermaid } = await import('mermaid');
  const [text, muted, line, raised, soft, accent] = [
    hex('var(--text)'),
    hex('var(--text-2)'),
    hex('var(--line-strong)'),
    hex('var(--raised)'),
    hex('var(--accent-soft)'),
    hex('var(--accent)'),
  ];
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    theme: 'base',
    fontFamily: getComputedStyle(document.body).fontFamily,
    sequence: {
      useMaxWidth: true,
      mirrorActors: false,
      actorMargin: 70,
      messageMargin: 26,
      messageFontSize: 13,
      actorFontSize: 13,
      noteFontSize: 13,
      boxMargin: 6,
      noteMargin: 8,
      height: 34,
      width: 130,
    },
    themeVariables: {
      actorBkg: soft,
      actorBorder: accent,
      actorTextColor: text,
      actorLineColor: line,
      signalColor: muted,
      signalTextColor: text,
      noteBkgColor: raised,
      noteBorderColor: line,
      noteTextColor: text,
    },
  });
  const { svg } = await mermaid.render('negotiation-flow', source);
  return svg;
}

export function FlowDiagram() {
  const [svg, setSvg] = useState('');
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let shown = true;
    const renew = () => {
      draw().then(
        (drawn) => shown && setSvg(drawn),
        () => shown && setFailed(true),
      );
    };
    renew();
    const stop = onThemeChange(renew);
    return () => {
      shown = false;
      stop();
    };
  }, []);
  if (failed) return <pre className="flow-source">{source}</pre>;
  if (svg === '') return <Skeleton label="Drawing the flow of a negotiation" lines={10} />;
  // Mermaid's own output in strict mode, from a source that ships with the app.
  return <div className="flow-diagram" dangerouslySetInnerHTML={{ __html: svg }} />;
}
