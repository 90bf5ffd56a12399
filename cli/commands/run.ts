// `haggle run -- COMMAND`: a lease, the command in it, and its exit code.
import { awaitAward, type Award, cancelled } from '../await-award.ts';
import type { Client } from '../client.ts';
import { type Command, type Context, hosted } from '../command.ts';
import { type Caller, callerFor } from '../caller.ts';
import type { CfpDoc, LeaseDoc, ResourceDoc } from '../documents.ts';
import { asFault, EXIT, Fault, fault } from '../fault.ts';
import { naming } from '../fields.ts';
import { followLease, writeTo } from '../follow-lease.ts';
import { type Interrupt, onInterrupt, signalCode } from '../interrupts.ts';
import { type Need, needText, resourceText } from '../need.ts';
import type { Output } from '../output.ts';
import { CALL_FIELDS, NEED_OPTIONS, needOf, runOf, valuationOf } from '../task.ts';
import { priceText, spanText } from '../units.ts';

const TAIL_MAX = 4000;

/** One `haggle run` under way. */
interface Running {
  client: Client;
  caller: Caller;
  out: Output;
  signal: Interrupt | null;
  /** The call that a signal must cancel. */
  cfp: CfpDoc | null;
}

async function run(context: Context): Promise<number> {
  const { given, out } = context;
  const need = needOf(given);
  const task = runOf(given);
  try {
    const { client } = await context.open();
    const caller = await callerFor(client, given.text('agent'));
    const state: Running = { client: caller.client, caller, out, signal: null, cfp: null };
    const release = onInterrupt((signal) => interrupt(state, signal));
    try {
      return await leaseAndRun(state, context, need, task);
    } finally {
      release();
      caller.client.close();
    }
  } catch (error) {
    const { problem, exitCode } = asFault(error);
    // 1 would be taken for the command's own exit code.
    throw new Fault(problem, exitCode === EXIT.failed ? EXIT.noLease : exitCode);
  }
}

function interrupt(state: Running, signal: Interrupt): void {
  state.signal = signal;
  state.out.tell(`${signal}: giving the lease back`);
  // A call that is still open is cancelled by whoever waits for it.
  if (state.cfp?.award) void cancelled(state.client, state.cfp).catch(() => undefined);
}

async function leaseAndRun(
  state: Running,
  { given, out }: Context,
  need: Need,
  task: Record<string, unknown>,
): Promise<number> {
  const { client } = state;
  const maxPrice = given.number('max-price') ?? 0;
  const limit = `at most ${priceText(maxPrice)}`;
  out.tell(`${state.caller.agent.name} calls for ${needText(need)}, ${limit}`);
  const body = {
    ...{ task, need, maxPrice, valuation: valuationOf(given), award: 'auto' },
    ...(given.flag('bargain') ? { mechanism: { bargaining: true } } : {}),
  };
  const award = await awaitAward({
    ...{ client, need, maxPrice, waitMs: (given.number('wait') ?? 10) * 60_000 },
    async call(replyByMs) {
      const asked = client.send<{ cfp: CfpDoc }>('POST', '/v1/cfps', { ...body, replyByMs });
      state.cfp = (await naming(CALL_FIELDS, asked)).cfp;
      return state.cfp;
    },
    say: out.tell,
    interrupted: () => state.signal !== null,
  });
  if (award === null) return signalCode(state.signal ?? 'SIGTERM');
  state.cfp = award.cfp;
  // The signal may have come between the award and our hearing of it.
  if (state.signal !== null) await cancelled(client, award.cfp);
  return inLease(state, award);
}

async function inLease(state: Running, award: Award): Promise<number> {
  const { client, out } = state;
  const resource = await leased(client, award, out);
  let tail = '';
  const lease = await followLease(client, award.leaseId, {
    async write(stream, text) {
      tail = `${tail}${text}`.slice(-TAIL_MAX);
      const target = stream === 'stdout' && !out.json ? process.stdout : process.stderr;
      await writeTo(target, text);
    },
    missed: (characters) => out.tell(`${characters} characters of output were dropped`),
  });
  const cost = lease.ending?.charge ?? 0;
  const agent = state.caller.agent.name;
  const where = `${resourceText(resource)} for ${agent}, project ${lease.project}`;
  const waited = spanText(award.waitedMs);
  out.tell(`${priceText(cost)} for ${where}; waited ${waited}, ${ranText(lease)}`);
  const exitCode = state.signal === null ? exitCodeOf(lease) : signalCode(state.signal);
  const waitedMs = Math.round(award.waitedMs);
  out.answer({ lease, cost, exitCode, waitedMs, output: tail }, () => '');
  return exitCode;
}

/** Says what was won; the resource may be new to us, so its name is asked for. */
async function leased(
  client: Client,
  { leaseId, cfp }: Award,
  out: Output,
): Promise<Pick<ResourceDoc, 'kind' | 'model'>> {
  const { lease } = await client.get<{ lease: LeaseDoc }>(`/v1/leases/${leaseId}`);
  const path = `/v1/resources/${lease.resourceId}`;
  const { resource } = await client.get<{ resource: ResourceDoc }>(path);
  const price = `${priceText(cfp.award?.price ?? lease.price)}`;
  const slots = `slot ${lease.slots.join(', ')} of ${resourceText(resource)}`;
  const delayMs = Date.parse(lease.startAt) - Date.now();
  const start = delayMs > 1000 ? `, starting in ${spanText(delayMs)}` : '';
  out.tell(`leased ${slots} for ${price}${start}`);
  return resource;
}

function ranText({ usage, startAt, ending }: LeaseDoc): string {
  const wallMs = usage?.wallMs ?? Date.parse(ending?.at ?? startAt) - Date.parse(startAt);
  const over = usage?.timedOut === true ? ' until its time was over' : '';
  return `ran ${spanText(Math.max(0, wallMs))}${over}`;
}

/** The command's own exit code. Throws a Fault when the lease ended before the command could. */
function exitCodeOf({ id, usage, ending }: LeaseDoc): number {
  const exitCode = usage?.exitCode ?? null;
  if (exitCode !== null) return exitCode;
  if (usage?.signal) return signalCode(usage.signal);
  const how = ending?.how ?? 'unknown';
  const words: Readonly<Record<string, string>> = {
    'given-back': 'the owner took the machine back',
    cancelled: 'somebody else cancelled it',
    'no-report': 'its contractor did not report',
    failed: ending?.detail || 'its contractor could not run it',
  };
  const detail = `the lease ${id} ended before its command: ${words[how] ?? how}`;
  const hint = `haggle leases show ${id}`;
  throw fault('lease-lost', detail, { exitCode: EXIT.noLease, hint });
}

export const RUN: Command = hosted({
  title: 'run',
  what: 'wins a lease and runs a command in it',
  notes: `Calls for proposals, waits for the lease, runs the command in it with this folder and
PATH, streams what it writes, settles, and exits with the command’s exit code (128 + n for signal
n). Its own failures exit with 125, a command that is not there with 127. It reads no stdin.`,
  example: 'haggle run --kind cpu --minutes 1 --max-price 5 -- sleep 2',
  options: {
    ...NEED_OPTIONS,
    'max-price': {
      type: 'number',
      value: 'CREDITS',
      what: 'the most to pay',
      min: 0,
      default: '10',
    },
    bargain: {
      type: 'flag',
      what: 'where no price is within --max-price, its delegate bargains over the best',
    },
    wait: {
      type: 'number',
      value: 'MINUTES',
      what: 'how long to go on calling while all slots are taken',
      min: 0,
      default: '10',
    },
    agent: { type: 'text', value: 'NAME', what: 'who pays; it must be allowed to run commands' },
  },
  command: 'needed',
  run,
});
