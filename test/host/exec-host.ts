// A host that only runs one job, so that a test can kill it: DATA_DIR MECHANISM SCRIPT FOR_MS.
// Prints one line with the pid of its leash once the job runs.
import { openExecutor } from '../../core/host/exec/executor.ts';
import type { TimeMechanism } from '../../core/host/exec/types.ts';
import { treeOf } from '../../core/host/exec/proc.ts';

const [dataDir = '', mechanism, script = '', forMs] = process.argv.slice(2);
const executor = await openExecutor({ dataDir, mechanism: mechanism as TimeMechanism });
// Its only child so far.
const leash = treeOf(process.pid).find((one) => one.parent === process.pid)?.pid;
const started = executor.start(
  {
    leaseId: 'lease_doomed',
    epoch: 1,
    title: 'outlives its host if it can',
    argv: ['sh', '-c', script],
    env: {},
    slots: [0],
    deadlineAt: Date.now() + Number(forMs),
    nice: 0,
  },
  () => {},
);
if (!started.ok) throw new Error(started.why.detail);
process.stdout.write(`${JSON.stringify({ leash })}\n`);
setInterval(() => {}, 1000);
