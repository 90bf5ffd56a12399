// Every conversation of the market, one of them in full, and how strategies fare in bargaining.
import { Tabs } from 'radix-ui';
import { setParams, useParam, useRoute } from '../frame/view-store.ts';
import { Conversation } from './conversation.tsx';
import './negotiation.css';
import { ConversationList } from './list.tsx';
import { Strategies } from './strategies/strategies.tsx';
import { NoneChosen } from './none-chosen.tsx';

export function NegotiationPage() {
  const { id } = useRoute();
  const tab = useParam('tab') === 'strategies' ? 'strategies' : 'conversations';
  return (
    <Tabs.Root
      className="negotiation-tabs"
      value={tab}
      onValueChange={(to) => setParams({ tab: to === 'strategies' ? to : '' })}
    >
      <Tabs.List className="tab-list page-tabs" aria-label="Parts of negotiation">
        <Tabs.Trigger value="conversations">Conversations</Tabs.Trigger>
        <Tabs.Trigger value="strategies">Strategies</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="conversations" className="negotiation" tabIndex={-1}>
        <ConversationList chosen={id} />
        {id === null ? <NoneChosen /> : <Conversation key={id} id={id} />}
      </Tabs.Content>
      <Tabs.Content value="strategies" className="strategies" tabIndex={-1}>
        <Strategies />
      </Tabs.Content>
    </Tabs.Root>
  );
}
