// Nothing is chosen yet: how to read a negotiation, and one thing to open.
import { ArrowRight, Play } from 'lucide-react';
import { startDemo } from '../frame/actions.ts';
import { openCall } from '../frame/view-store.ts';
import { useDerived } from '../mirror/hooks.ts';
import type { Model } from '../mirror/model.ts';

const WATCHED = ['calls'] as const;

/** The newest bargaining that has something to show, else the newest conversation. */
function worthOpening(model: Model): string {
  let bargained = '';
  let newest = '';
  for (const call of model.calls.values()) {
    if (call.id > newest) newest = call.id;
    const told = (call.bargaining?.rounds.length ?? 0) > 0;
    if (told && call.id > bargained) bargained = call.id;
  }
  return bargained === '' ? newest && `call ${newest}` : `bargaining ${bargained}`;
}

const LOOK_FOR = [
  {
    name: 'Who gives way',
    what: 'A steep curve concedes a lot. Two flat ones end without a deal.',
  },
  {
    name: 'Where they meet',
    what:
      'The green zone lies between what one pays at most and the other takes at least: both can ' +
      'live with a deal inside it.',
  },
  {
    name: 'How far from theory',
    what:
      'The grey line is where equally clever sides would meet. The distance is what one side won ' +
      'by bargaining better.',
  },
] as const;

export function NoneChosen() {
  const [kind, id] = useDerived(WATCHED, worthOpening, 500).split(' ');
  return (
    <section className="conversation none-chosen" aria-label="Conversation">
      <div>
        <h2>How to read a negotiation</h2>
        <p className="muted">
          A conversation begins with a call: who needs what, and up to which price. Contractors
          propose or refuse. Where bid and ask do not meet yet, both sides bargain, round by round.
        </p>
        <Picture />
        <ol>
          {LOOK_FOR.map(({ name, what }) => (
            <li key={name}>
              <strong>{name}.</strong> <span className="muted">{what}</span>
            </li>
          ))}
        </ol>
        {id ? (
          <button type="button" className="button primary" onClick={() => openCall(id)}>
            Open the newest {kind === 'bargaining' ? 'bargaining' : 'conversation'}
            <ArrowRight size={14} aria-hidden="true" />
          </button>
        ) : (
          <button type="button" className="button primary" onClick={() => void startDemo()}>
            <Play size={14} aria-hidden="true" /> Start the demo
          </button>
        )}
      </div>
    </section>
  );
}

/** Two staircases that meet: a drawing, not data. */
function Picture() {
  return (
    <figure className="concession-picture" aria-label={DRAWN}>
      <svg viewBox="0 0 560 190" aria-hidden="true">
        <rect x="40" y="34" width="380" height="122" className="zone" />
        <path d="M40 34H420M40 156H420" className="limit" />
        <path d="M40 95H420" className="theory" />
        <path d="M40 22H100V40H160V56H220V70H280V82H340V92" className="ask" />
        <path d="M40 168H100V150H160V132H220V118H280V104H340V92" className="bid" />
        <circle cx="340" cy="92" r="6" className="deal" />
        <text x="430" y="38">
          buyer pays at most
        </text>
        <text x="430" y="160">
          seller takes at least
        </text>
        <text x="430" y="99">
          what theory says
        </text>
        <text x="40" y="14" className="ask-text">
          seller asks
        </text>
        <text x="40" y="185" className="bid-text">
          buyer bids
        </text>
        <text x="352" y="84" className="deal-text">
          deal
        </text>
        <text x="412" y="148" textAnchor="end" className="deal-text">
          zone of agreement
        </text>
        <text x="420" y="185" textAnchor="end">
          rounds →
        </text>
      </svg>
    </figure>
  );
}
const DRAWN =
  'A drawing: the asks of the seller come down, the bids of the buyer go up, and they meet ' +
  'inside the zone of agreement.';
