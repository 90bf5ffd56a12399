// Every command. The first of a group is what the group's bare name does.
import type { Command } from './command.ts';
import { AGENTS } from './commands/agents.ts';
import { BARGAINS } from './commands/bargain.ts';
import { CFPS } from './commands/cfp.ts';
import { DELEGATES } from './commands/delegate.ts';
import { DEMO } from './commands/demo.ts';
import { EVENTS } from './commands/events.ts';
import { helpCommand, HOST } from './commands/host.ts';
import { LAB } from './commands/lab.ts';
import { LEASES } from './commands/leases.ts';
import { LEDGER } from './commands/ledger.ts';
import { POLICY } from './commands/policy.ts';
import { RESOURCES } from './commands/resources.ts';
import { RUN } from './commands/run.ts';

const WORKING: readonly Command[] = [
  RUN,
  DEMO,
  ...AGENTS,
  ...DELEGATES,
  ...CFPS,
  ...BARGAINS,
  ...LEASES,
  ...RESOURCES,
  ...LEDGER,
  ...POLICY,
  ...EVENTS,
  ...LAB,
  ...HOST,
];

export const COMMANDS: readonly Command[] = [...WORKING, helpCommand(WORKING)];
