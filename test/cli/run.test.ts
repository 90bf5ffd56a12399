// `haggle run`: a lease, a real process in it, its exit code, its price in the ledger.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LeaseDoc } from '../../cli/documents.ts';
import { document, haggle, isAlive, type Served, serve, start, waitFor } from './support.ts';

interface RunDoc {
  lease: LeaseDoc;
  cost: number;
  exitCode: number;
  waitedMs: number;
  output: string;
}
interface Attribution {
  rows: { agent: string; project: string; resource: string; amount: number; transfers: number }[];
}

const SHORT = ['--kind', 'cpu', '--minutes', '1', '--max-price', '5'];

describe('haggle run', () => {
  let host: Served;
  const cleanups: (() => unknown)[] = [];
  before(async () => {
    host = await serve({ after: (clean: () => unknown) => cleanups.push(clean) } as never);
  });
  after(async () => {
    for (const clean of cleanups.toReversed()) await clean();
  });
  const run = (...args: string[]): string[] => host.on('run', ...args);

  it('runs the command and puts its price into the ledger by agent, project, resource', async () => {
    const args = run(...SHORT, '--project', 'digest', '--json', '--', 'sleep', '1');
    const { code, stdout } = await haggle(args);
    assert.equal(code, 0);
    const { lease, cost, exitCode } = JSON.parse(stdout) as RunDoc;
    assert.equal(exitCode, 0);
    assert.ok(cost > 0);
    assert.ok((lease.usage?.wallMs ?? 0) >= 1000);
    const { rows } = await document<Attribution>(host.on('ledger', 'attribution'));
    const mine = rows.filter(({ project }) => project === 'digest');
    assert.deepEqual(
      mine.map(({ agent, amount, transfers }) => ({ agent, amount, transfers })),
      [{ agent: 'command-line', amount: cost, transfers: 1 }],
    );
    assert.match(mine[0]?.resource ?? '', /^cpu/);
  });

  it('keeps stdout and stderr apart, to the last character, and passes the exit code on', async () => {
    const script = 'echo one; echo two >&2; printf "häß 🎈"; printf "no newline" >&2; exit 7';
    const { code, stdout, stderr } = await haggle(run(...SHORT, '--', 'sh', '-c', script));
    assert.equal(code, 7);
    assert.equal(stdout, 'one\nhäß 🎈');
    const own = stderr.split('\n').filter((line) => !line.startsWith('haggle: '));
    assert.equal(own.join('\n'), 'two\nno newlinehaggle: '.replace('haggle: ', lastOf(stderr)));
  });

  /** A line without an end is followed by our own last sentence. */
  function lastOf(stderr: string): string {
    const found = /no newline(.*)/.exec(stderr)?.[1] ?? '';
    return `${found}\n`;
  }

  it('passes on a large output whole', async () => {
    const script = 'i=0; while [ $i -lt 20000 ]; do echo "line $i of many"; i=$((i+1)); done';
    const { code, stdout } = await haggle(run(...SHORT, '--quiet', '--', 'sh', '-c', script));
    const want = Array.from({ length: 20_000 }, (_, i) => `line ${i} of many\n`).join('');
    assert.equal(code, 0);
    assert.ok(stdout === want, `${stdout.length} characters of ${want.length}`);
  });

  it('under --json prints one document; the output goes to stderr and its end into it', async () => {
    const args = run(
      ...SHORT,
      '--json',
      '--quiet',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 3',
    );
    const { code, stdout, stderr } = await haggle(args);
    const { output, exitCode, waitedMs, lease } = JSON.parse(stdout) as RunDoc;
    assert.deepEqual([code, exitCode, lease.state], [3, 3, 'settled']);
    assert.deepEqual(output.split('\n').sort(), ['', 'err', 'out']);
    assert.deepEqual(stderr.split('\n').sort(), ['', 'err', 'out']);
    assert.ok(Number.isInteger(waitedMs) && waitedMs >= 0);
  });

  it('gives the command its folder, its PATH and the variables asked for, and no others', async () => {
    const started = start(
      run(
        ...SHORT,
        '--quiet',
        '--env',
        'GIVEN=a=b',
        '--env',
        'TAKEN',
        '--',
        'sh',
        '-c',
        'pwd; env',
      ),
      { TAKEN: 'from outside', SECRET: 'do not tell' },
    );
    const { stdout, code } = await started.ended;
    assert.equal(code, 0);
    const [folder, ...lines] = stdout.trim().split('\n');
    assert.equal(folder, process.cwd());
    assert.ok(lines.includes('GIVEN=a=b') && lines.includes('TAKEN=from outside'), stdout);
    assert.ok(lines.includes(`PATH=${process.env.PATH}`));
    assert.ok(!stdout.includes('do not tell'));
  });

  it('ends with 128 + n when signal n ended the command', async () => {
    const { code } = await haggle(run(...SHORT, '--', 'sh', '-c', 'kill -9 $$'));
    assert.equal(code, 137);
  });

  it('ends the command with its lease', async () => {
    const { code, stderr, tookMs } = await haggle(run('--minutes', '0.03', '--', 'sleep', '60'));
    assert.equal(code, 143);
    assert.match(stderr, /until its time was over/);
    assert.ok(tookMs < 10_000, `${tookMs} ms`);
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`at ${signal} gives the lease back and leaves no process`, async () => {
      const started = start(run('--minutes', '5', '--', 'sh', '-c', 'echo pid $$; sleep 60'));
      await started.says('stdout', /pid \d+\n/);
      const { leases } = await document<{ leases: LeaseDoc[] }>(
        host.on('leases', 'list', '--state', 'active'),
      );
      started.child.kill(signal);
      const ended = await started.ended;
      assert.equal(ended.code, code, ended.stderr);
      const lease = leases.at(-1);
      const path = host.on('leases', 'show', lease?.id ?? '');
      const later = (await document<{ lease: LeaseDoc }>(path)).lease;
      assert.equal(later.ending?.how, 'cancelled');
      assert.ok((later.ending?.charge ?? 1) < later.price, 'only the time used is paid');
    });
  }

  it('says why there is no lease, in a code of its own', async () => {
    const cases: [args: string[], code: number, problem: string, field: string | undefined][] = [
      [['--gpus', '9', '--', 'ls'], 125, 'unawarded', undefined],
      [['--max-price', '0.001', '--', 'ls'], 125, 'unawarded', '--max-price'],
      [['--', 'no-such-command'], 127, 'command-not-found', 'COMMAND'],
      [['--agent', 'Nobody', '--', 'ls'], 125, 'no-such-agent', '--agent'],
      [['--title', '!', '--', 'ls'], 125, 'invalid-field', '--title'],
    ];
    for (const [args, code, problem, field] of cases) {
      const ended = await haggle(
        run(...args.toSpliced(args.indexOf('--'), 0, '--json', '--quiet')),
      );
      const told = JSON.parse(ended.stderr) as { code: string; field?: string; detail: string };
      assert.deepEqual([ended.code, told.code, told.field], [code, problem, field], ended.stderr);
      assert.equal(ended.stdout, '');
    }
  });

  it('waits for a slot while all are taken, and gives up in time', async () => {
    const { resources } = await document<{ resources: { kind: string; count: number }[] }>(
      host.on('resources'),
    );
    const count = String(resources.find(({ kind }) => kind === 'cpu')?.count);
    const taken = start(run('--count', count, '--minutes', '0.1', '--', 'sleep', '60'));
    await taken.says('stderr', /leased/);
    const late = await haggle(run('--wait', '0.03', '--', 'echo', 'never'));
    assert.equal(late.code, 125);
    assert.match(late.stderr, /waiting for 1 cpu slot/);
    assert.match(late.stderr, /no lease of 1 cpu slot .* valued them more\n {2}at: --wait/);
    const patient = await haggle(run('--wait', '1', '--', 'echo', 'now'));
    assert.deepEqual([patient.code, patient.stdout], [0, 'now\n'], patient.stderr);
    assert.equal((await taken.ended).code, 143);
  });

  it('stops calling when it is interrupted while it waits', async () => {
    const { resources } = await document<{ resources: { id: string; kind: string }[] }>(
      host.on('resources'),
    );
    const cpu = resources.find(({ kind }) => kind === 'cpu')?.id ?? '';
    await document(host.on('resources', 'pause', cpu));
    const waiting = start(run('--', 'echo', 'never'));
    await waiting.says('stderr', /waiting for/);
    waiting.child.kill('SIGINT');
    assert.deepEqual([(await waiting.ended).code, (await waiting.ended).stdout], [130, '']);
    await document(host.on('resources', 'resume', cpu));
    const { cfps } = await document<{ cfps: object[] }>(host.on('cfp', 'list', '--state', 'open'));
    assert.deepEqual(cfps, []);
  });

  it('says so when the owner takes the machine back', async () => {
    const started = start(run('--minutes', '5', '--', 'sh', '-c', 'echo pid $$; sleep 60'));
    await started.says('stdout', /pid \d+\n/);
    const { leases } = await document<{ leases: LeaseDoc[] }>(
      host.on('leases', 'list', '--state', 'active'),
    );
    await document(host.on('leases', 'give-back', leases.at(-1)?.id ?? ''));
    const ended = await started.ended;
    assert.equal(ended.code, 125, ended.stderr);
    assert.match(ended.stderr, /ended before its command: the owner took the machine back/);
  });

  it('does not let an agent run commands that it may not run', async () => {
    await document(host.on('agents', 'add', 'Guest', '--budget', '5'));
    const { code, stderr } = await haggle(run('--agent', 'guest', '--json', '--quiet', '--', 'ls'));
    const problem = JSON.parse(stderr) as { code: string; field: string };
    assert.deepEqual([code, problem.code, problem.field], [125, 'forbidden', '--agent']);
  });

  it('with an agent’s own token it is that agent', async () => {
    await document(host.on('agents', 'add', 'Worker', '--budget', '5', '--exec'));
    const { token } = await document<{ token: string }>(host.on('agents', 'token', 'Worker'));
    const args = ['run', '--url', host.url, '--token', token, ...SHORT, '--json', '--', 'true'];
    const { code, stdout, stderr } = await haggle(args);
    assert.equal(code, 0, stderr);
    const { lease } = JSON.parse(stdout) as RunDoc;
    const { agent } = await document<{ agent: { id: string } }>(
      host.on('agents', 'show', 'Worker'),
    );
    assert.equal(lease.managerId, agent.id);
  });

  it('when the host dies, says so and ends', async () => {
    const other = await serve({ after: (clean: () => unknown) => cleanups.push(clean) } as never);
    const started = start(other.on('run', '--', 'sh', '-c', 'echo pid $$; sleep 60'));
    await started.says('stdout', /pid \d+\n/);
    process.kill(other.pid, 'SIGKILL');
    const { code, stderr } = await started.ended;
    assert.equal(code, 125, stderr);
    assert.match(stderr, /no Haggle host answers/);
    await waitFor(() => !isAlive(other.pid), 'the host to be gone');
  });
});
