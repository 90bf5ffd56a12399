// The bank: does it add up, who has what, where does it go.
import { Tabs } from 'radix-ui';
import type { ComponentType } from 'react';
import { setParams, useParam } from '../frame/view-store.ts';
import { Attribution } from './attribution.tsx';
import { Balances } from './balances.tsx';
import './bank.css';
import { Budgets } from './budgets.tsx';
import { Flows } from './flows.tsx';
import { Transfers } from './transfers.tsx';
import { TrialBalancePanel } from './trial-balance.tsx';

const TABS: readonly { key: string; name: string; body: ComponentType }[] = [
  { key: 'balances', name: 'Balances', body: Balances },
  { key: 'flows', name: 'Flows', body: Flows },
  { key: 'attribution', name: 'Who spent what', body: Attribution },
  { key: 'transfers', name: 'Transfers', body: Transfers },
  { key: 'budgets', name: 'Budgets', body: Budgets },
];

export function BankPage() {
  const wanted = useParam('tab');
  const shown = TABS.find(({ key }) => key === wanted) ?? TABS[0];
  return (
    <div className="bank">
      <TrialBalancePanel />
      <Tabs.Root
        className="tabs"
        value={shown?.key ?? ''}
        onValueChange={(tab) => setParams({ tab, q: '' })}
      >
        <Tabs.List className="tab-list" aria-label="Parts of the bank">
          {TABS.map(({ key, name }) => (
            <Tabs.Trigger key={key} value={key}>
              {name}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {TABS.map(({ key, body: Body }) => (
          <Tabs.Content key={key} value={key} className="tab-body" tabIndex={-1}>
            <Body />
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </div>
  );
}
