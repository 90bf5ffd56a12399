// From a call to a lease: calls for proposals, says what it waits for, and calls again while all
// that stands in the way is that the slots are taken.
import { setTimeout as sleep } from 'node:timers/promises';
import { conflictText } from './bargaining.ts';
import { isLive } from './calls.ts';
import type { Client } from './client.ts';
import type { CfpDoc, ResourceDoc } from './documents.ts';
import { EXIT, type Fault, fault } from './fault.ts';
import { couldServe, type Need, needText, stockText } from './need.ts';
import { priceText, spanText } from './units.ts';

export interface Award {
  cfp: CfpDoc;
  leaseId: string;
  /** From the first call to the award. */
  waitedMs: number;
}

export interface Quest {
  /** Speaks as the manager. */
  client: Client;
  need: Need;
  maxPrice: number;
  /** How long to try. */
  waitMs: number;
  /** Opens one call that takes proposals for this long. */
  call(replyByMs: number): Promise<CfpDoc>;
  say(sentence: string): void;
  /** Set by a signal: the call is cancelled and nothing more is tried. */
  interrupted(): boolean;
}

/** Slots that become free are offered to the needs that are open then, so a call stays open. */
const CALL_MS = 10_000;
/** Where nothing fits, somebody may still have more than is listed; but that is soon known. */
const LONG_SHOT_MS = 2000;
const CALL_MS_MIN = 1000;
const AGAIN_MS = 250;
const LOOK_MS = 40;
const LOOK_MS_MAX = 250;
/** Most calls are answered at once; only a longer wait is worth a sentence. */
const QUIET_MS = 1000;

/** Null when interrupted. Throws a Fault when waiting does not help, or no longer. */
export async function awaitAward(quest: Quest): Promise<Award | null> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  for (let calls = 1; !quest.interrupted(); calls++) {
    const left = Math.max(CALL_MS_MIN, quest.waitMs - elapsed());
    const most = calls === 1 ? await firstCallMs(quest) : CALL_MS;
    const opened = await quest.call(Math.round(Math.min(most, left)));
    const cfp = await settled(quest, opened, calls === 1);
    if (cfp.award !== null) return { cfp, leaseId: cfp.award.leaseId, waitedMs: elapsed() };
    if (quest.interrupted()) return null;
    const hopeless = whyNever(quest, cfp, await listed(quest));
    if (hopeless !== null) throw hopeless;
    const remaining = quest.waitMs - elapsed();
    if (remaining <= 0) throw tooLong(quest, cfp, calls);
    quest.say(`${whyNot(cfp)}; calling again (${spanText(remaining)} left)`);
    await sleep(AGAIN_MS);
  }
  return null;
}

/** The call once it has ended, or has been interrupted. */
async function settled(quest: Quest, opened: CfpDoc, first: boolean): Promise<CfpDoc> {
  const { client, say } = quest;
  const startedAt = performance.now();
  let told = !first;
  for (let wait = LOOK_MS, cfp = opened; ; wait = Math.min(LOOK_MS_MAX, wait * 1.3)) {
    if (cfp.award !== null || !isLive(cfp)) return cfp;
    if (quest.interrupted()) return cancelled(client, cfp);
    if (!told && performance.now() - startedAt > QUIET_MS) {
      told = true;
      say(cfp.state === 'bargaining' ? 'bargaining over the price' : await waitingFor(quest));
    }
    await sleep(wait);
    ({ cfp } = await client.get<{ cfp: CfpDoc }>(`/v1/cfps/${opened.id}`));
  }
}

/** It may have been awarded, or have ended, in the meantime: then that is what is returned. */
export async function cancelled(client: Client, cfp: CfpDoc): Promise<CfpDoc> {
  const path = `/v1/cfps/${cfp.id}`;
  await client.send('POST', `${path}/cancel`).catch(() => undefined);
  return (await client.get<{ cfp: CfpDoc }>(path)).cfp;
}

const listed = ({ client }: Quest): Promise<ResourceDoc[]> =>
  client.all<ResourceDoc>('/v1/resources', 'resources');

async function firstCallMs(quest: Quest): Promise<number> {
  const fits = (await listed(quest)).some((resource) => couldServe(resource, quest.need));
  if (!fits) quest.say('nothing that is listed here fits; asking all the same');
  return fits ? CALL_MS : LONG_SHOT_MS;
}

async function waitingFor(quest: Quest): Promise<string> {
  const { need } = quest;
  const fitting = (await listed(quest)).filter((resource) => couldServe(resource, need));
  const free = fitting.reduce((sum, resource) => sum + resource.free, 0);
  const count = fitting.reduce((sum, resource) => sum + resource.count, 0);
  return `waiting for ${needText(need)}: ${free} of ${count} are free now`;
}

/** What no waiting mends, or null. */
function whyNever(quest: Quest, cfp: CfpDoc, resources: readonly ResourceDoc[]): Fault | null {
  const { need, maxPrice } = quest;
  const lost = { exitCode: EXIT.noLease };
  if (!resources.some((resource) => couldServe(resource, need))) {
    const what = needText(need).replace(/ for .*$/u, '');
    const stock = stockText(resources);
    const detail = `nothing on this market could ever serve ${what}: there are ${stock}`;
    return fault('unawarded', detail, { ...lost, hint: 'haggle resources list' });
  }
  if (cfp.why === 'all-above-max-price') {
    const detail = `every price was above --max-price ${maxPrice}`;
    return fault('unawarded', detail, { ...lost, field: '--max-price', ...dearer(cfp) });
  }
  if (cfp.why === 'no-agreement') {
    const how = cfp.bargaining === null ? 'no deal' : conflictText(cfp.bargaining, () => 'a side');
    const detail = `no price was within --max-price ${maxPrice}, and they bargained: ${how}`;
    return fault('unawarded', detail, { ...lost, field: '--max-price', ...dearer(cfp) });
  }
  if (cfp.why === 'insufficient-credits') {
    const detail = 'the agent’s credits did not suffice for any proposal';
    return fault('unawarded', detail, { ...lost, hint: 'haggle agents budget NAME AMOUNT' });
  }
  if (cfp.state === 'cancelled') {
    return fault('unawarded', 'the call was cancelled by somebody else', lost);
  }
  return null;
}

/** A limit that would have sufficed, as a hint. */
function dearer({ proposals }: CfpDoc): { hint?: string } {
  const least = Math.min(...proposals.map(({ price }) => price));
  return Number.isFinite(least) ? { hint: `--max-price ${Math.ceil(least * 100) / 100}` } : {};
}

/** Why this call got nothing, in the contractors' own words where they gave any. */
function whyNot(cfp: CfpDoc): string {
  const [refusal] = cfp.refusals;
  if (refusal === undefined) return 'nobody had a slot to sell';
  return refusal.detail || `refused: ${refusal.reason}`;
}

function tooLong({ need, maxPrice, waitMs }: Quest, cfp: CfpDoc, calls: number): Fault {
  const times = calls === 1 ? 'one call' : `${calls} calls`;
  const price = `at most ${priceText(maxPrice)}`;
  const what = `no lease of ${needText(need)} for ${price}`;
  const detail = `${what} in ${spanText(waitMs)}, after ${times}: ${whyNot(cfp)}`;
  return fault('unawarded', detail, {
    exitCode: EXIT.noLease,
    field: '--wait',
    hint: 'a longer --wait, or a higher --priority',
  });
}
