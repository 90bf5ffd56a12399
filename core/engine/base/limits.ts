// Every bound of Haggle, in one file. LIMITS.md is generated from it, so a line here is a promise:
// name, value, and in the comment what happens at the bound.
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';

export const LIMITS = {
  /** Bytes of a request body; more is 413 and nothing is read further. */
  bodyBytesMax: 64 * 1024,
  /** Nesting of a JSON value in `output`; deeper is 400. */
  jsonDepthMax: 16,
  /** Characters of names, titles and models; longer is 400. */
  nameLengthMax: 120,
  /** Characters of free text such as a refusal's detail; longer is 400. */
  textLengthMax: 2_000,
  /** Characters of an idempotency key; longer is 400. */
  keyLengthMax: 200,
  /** Bytes of a lease's output document; larger is 400. */
  outputBytesMax: 16 * 1024,
  /** Credits in one amount; more is 400. */
  amountMax: 1_000_000_000,

  /** Agents of one market; more is 429 limit-reached. */
  agentsMax: 20_000,
  /** Projects of one market; more is 429 limit-reached. */
  projectsMax: 5_000,
  /** Resources of one market; more is 429 limit-reached. */
  resourcesMax: 20_000,
  /** Slots of one resource; more is 400. */
  slotsPerResourceMax: 1_024,
  /** Capabilities an agent may list; more is 400. */
  capabilitiesMax: 50,
  /** Open calls of one agent; more is 429 limit-reached until one ends. */
  openCallsPerAgentMax: 512,
  /** Open calls of the whole market; more is 429 limit-reached until one ends. */
  openCallsMax: 20_000,
  /** Leases running or promised; with more no call can be opened. */
  runningLeasesMax: 20_000,
  /** Proposals in one conversation; more is 429 limit-reached. */
  proposalsPerCallMax: 1_024,
  /** Contractors in one conversation; refusals of further ones are 429 limit-reached. */
  dialoguesPerCallMax: 2_048,
  /** Live proposals of one contractor; more is 429 limit-reached. */
  liveProposalsPerAgentMax: 1_024,
  /** Contractors whose answers an automatic award waits for; with more it waits until replyBy. */
  invitedMax: 64,
  /** Late messages logged per conversation; later ones are refused without a record. */
  lateLoggedPerCallMax: 32,

  /** Rounds of one bargaining; it then ends in conflict. */
  roundsMax: 100,
  /** How long a round of a bargaining may stay open. */
  roundMsMin: 20,
  roundMsMax: MINUTE,
  /** Time of a whole bargaining; it ends in conflict there, whatever its rounds. */
  bargainMsMax: 10 * MINUTE,
  /** Characters of the words that go with an offer; longer is 400. */
  messageLengthMax: 500,

  /** How long a call may stay open for proposals. */
  replyByMsMin: 10,
  replyByMsMax: HOUR,
  /** A manual manager has this long after replyBy; then the call ends unawarded (not-decided). */
  decideMs: 10 * MINUTE,
  /** Life of a proposal: given by the contractor, else until the manager's time to decide ends. */
  validForMsMin: 10,
  validForMsMax: 2 * HOUR,
  /** Start delay a contractor may promise. */
  startDelayMsMax: DAY,
  /** Length of a lease, before and after renewals. */
  leaseMsMin: 100,
  leaseMsMax: 7 * DAY,
  /** Renewals of one lease; more is 429 limit-reached. */
  renewalsMax: 100,
  /** Notice an owner may agree to give before a give-back takes effect. */
  reclaimWindowMsMax: HOUR,
  /** Length of a budget window. */
  windowMsMin: SECOND,
  windowMsMax: 366 * DAY,

  /** Ended conversations (with their leases) kept in memory; older ones are read from disk. */
  endedKept: 2_000,
  /** Commands in one commit; the rest waits for the next. */
  batchMax: 1_024,
  /** Commands waiting for the next commit; more is 503 overloaded with Retry-After. */
  inboxMax: 16_384,
  /** Timers that fire in one commit; the rest fires in the next. */
  timersPerBatchMax: 2_048,
  /** Events after which the next quiet moment is used for a state snapshot. */
  snapshotEvents: 20_000,
  /** Events after which one is taken whatever is going on, so that a start folds no more. */
  snapshotEventsMax: 150_000,
  /** Time of one experiment that is run over the API; it is ended then (429). */
  labRunMs: MINUTE,
  /** Rows of one page of a list. */
  pageMax: 500,
  pageDefault: 100,
  /** Connected event streams; more is 503. */
  streamsMax: 1_024,
  /** Bytes a slow event stream may leave unread before it is closed (it can resume). */
  streamBufferBytesMax: 4 * 1024 * 1024,
  /** How long an idempotency key is kept after its command. */
  keyKeptMs: 7 * DAY,

  /** A wall clock that runs ahead of the monotonic one by more than this is not believed. */
  clockJumpMs: 2 * SECOND,

  /** Processes of jobs running at once on this machine. */
  jobsMax: 256,
  /** Arguments of a command and their total bytes. */
  argvMax: 256,
  argvBytesMax: 32 * 1024,
  /** Bytes of a job's output kept; older bytes are dropped from the front. */
  jobLogBytesMax: 1024 * 1024,
  /** Ended jobs whose output is kept; the oldest goes first. */
  endedJobsKept: 500,
  /** Bytes of ended jobs' output kept, all together; the oldest goes first. */
  endedOutputBytesMax: 16 * 1024 * 1024,
  /** Between the polite and the hard end of a job. */
  killGraceMs: 500,
} as const;
