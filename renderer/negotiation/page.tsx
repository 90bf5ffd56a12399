// Every conversation of the market, and one of them in full.
import { useRoute } from '../frame/view-store.ts';
import { Conversation } from './conversation.tsx';
import './negotiation.css';
import { ConversationList } from './list.tsx';

export function NegotiationPage() {
  const { id } = useRoute();
  return (
    <div className="negotiation">
      <ConversationList chosen={id} />
      {id === null ? <NoneChosen /> : <Conversation key={id} id={id} />}
    </div>
  );
}

function NoneChosen() {
  return (
    <section className="conversation hint" aria-label="Conversation">
      <h2>Choose a conversation</h2>
      <p className="muted">
        Each call for proposals is one conversation: who needs what and up to which price, who
        proposed, who refused, who won, and for everybody else why not.
      </p>
    </section>
  );
}
