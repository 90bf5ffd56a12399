import { type LucideIcon, Cpu, Handshake, Landmark, Network, Settings } from 'lucide-react';
import { Tip } from '../ui/tip.tsx';
import { type Page, PAGES } from './route.ts';
import { goTo, hrefTo, useView } from './view-store.ts';

export const PAGE_NAMES: Record<Page, { name: string; icon: LucideIcon; what: string }> = {
  floor: { name: 'Floor', icon: Network, what: 'Who calls, who serves, what is awarded' },
  negotiation: {
    name: 'Negotiation',
    icon: Handshake,
    what: 'Every conversation, and why it ended',
  },
  machine: { name: 'Machine', icon: Cpu, what: 'Slots, leases and processes of this machine' },
  bank: { name: 'Bank', icon: Landmark, what: 'Balances, flows and who spent what' },
  settings: { name: 'Settings', icon: Settings, what: 'Look, rules of the market, keys' },
};

export function Rail() {
  const page = useView((s) => s.route.page);
  return (
    <nav className="rail" aria-label="Pages">
      <Logo />
      <ul>
        {PAGES.map((one, i) => {
          const { name, icon: Icon, what } = PAGE_NAMES[one];
          return (
            <li key={one}>
              <Tip text={`${what} (key ${i + 1})`} side="right">
                <a
                  href={hrefTo(one)}
                  aria-current={one === page ? 'page' : undefined}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey) return;
                    event.preventDefault();
                    goTo(one);
                  }}
                >
                  <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
                  <span>{name}</span>
                </a>
              </Tip>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Two sides and the curve on which they meet. */
function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path
        d="M9.5 8v16M22.5 8v16M9.5 19c5.5 0 7.5-6 13-6"
        stroke="var(--on-accent)"
        strokeWidth="2.75"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}
