// Every rule of the house is proven by a violation planted for it: a check that cannot fail is
// none.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeComplaints, projectFiles, tidy } from '../../build/tidy.ts';

/** Rules broken by one file, with their lines; a test keeps the planted file from being dead. */
function broken(file: string, text: string, others: Record<string, string> = {}): string[] {
  const keeper = `import ${JSON.stringify(`../${file}`)};\n`;
  const files = new Map(Object.entries({ ...others, [file]: text }));
  if (!file.startsWith('test/')) files.set('test/keeper.test.ts', keeper);
  return tidy(files)
    .filter(({ path }) => path === file)
    .map(({ line, rule }) => `${line} ${rule}`);
}
const lines = (count: number) => 'export {};\n'.repeat(count);
const longFunction = (count: number) => `export function f() {\n${'  f();\n'.repeat(count - 2)}}\n`;

describe('walls', () => {
  const walls: [file: string, allowed: string, forbidden: string][] = [
    ['core/engine/base/a.ts', './b.ts', '../protocol/b.ts'],
    ['core/engine/protocol/a.ts', '../base/b.ts', '../bank/b.ts'],
    ['core/engine/bank/a.ts', '../base/b.ts', '../market/b.ts'],
    ['core/engine/market/a.ts', '../bank/b.ts', '../../agent/b.ts'],
    ['core/engine/judge/a.ts', '../protocol/b.ts', '../market/b.ts'],
    ['core/engine/view/a.ts', '../market/b.ts', 'node:fs'],
    ['core/agent/a.ts', '../engine/base/b.ts', '../engine/market/b.ts'],
    ['core/lab/a.ts', '../agent/b.ts', '../host/b.ts'],
    ['core/contract.ts', './contract.ts', './engine/market/b.ts'],
    ['core/host/a.ts', 'better-sqlite3', 'electron'],
    ['core/host/b.ts', '../contract.ts', '../../electron/b.ts'],
    ['electron/a.ts', '../core/contract.ts', '../core/engine/base/b.ts'],
    ['renderer/a.tsx', '@xyflow/react', '../core/host/b.ts'],
    ['renderer/b.tsx', '../core/engine/view/b.ts', 'node:fs'],
    ['cli/a.ts', 'node:fs', '../core/host/b.ts'],
    ['programs/a.ts', 'node:fs', '../core/engine/base/b.ts'],
  ];
  for (const [file, allowed, forbidden] of walls) {
    it(`${file} may import ${allowed}, not ${forbidden}`, () => {
      assert.deepEqual(broken(file, `import '${allowed}';\n`), []);
      assert.deepEqual(broken(file, `\nimport '${forbidden}';\n`), ['2 wall']);
      assert.deepEqual(broken(file, `export * from '${forbidden}';\nf();\n`), ['1 wall']);
      assert.deepEqual(broken(file, `void import('${forbidden}');\n`), ['1 wall']);
    });
  }

  it('types of the protocol may cross where its code may not', () => {
    const from = (what: string) => `import ${what} from '../engine/protocol/b.ts';\n`;
    assert.deepEqual(broken('core/agent/a.ts', from('type { A }')), []);
    assert.deepEqual(broken('core/agent/a.ts', from('{ type A }')), []);
    assert.deepEqual(broken('core/agent/a.ts', from('{ type A, b }')), ['1 wall']);
    const inline = "export type A = import('../engine/market/b.ts').A;\n";
    assert.deepEqual(broken('core/agent/a.ts', inline), ['1 wall']);
  });

  it('tests and build may import anything, and no file stands outside the house', () => {
    assert.deepEqual(broken('test/a.test.ts', "import '../core/host/b.ts';\n"), []);
    assert.deepEqual(broken('core/stray.ts', 'export {};\n'), ['1 wall']);
  });
});

describe('size', () => {
  it('a file has at most 500 lines', () => {
    assert.deepEqual(broken('cli/a.ts', lines(500)), []);
    assert.deepEqual(broken('cli/a.ts', lines(501)), ['501 file-length']);
    assert.deepEqual(broken('renderer/a.css', 'a {\n}\n'.repeat(251)), ['501 file-length']);
  });

  it('a function has at most 70 lines', () => {
    assert.deepEqual(broken('cli/a.ts', longFunction(70)), []);
    assert.deepEqual(broken('cli/a.ts', longFunction(71)), ['1 function-length']);
    const method = `export class A {\n  m() {\n${'f();\n'.repeat(69)}}\n}\n`;
    assert.deepEqual(broken('cli/a.ts', method), ['2 function-length']);
    const body = `(() => {\n${'f();\n'.repeat(80)}});\n`;
    assert.deepEqual(broken('test/a.test.ts', `test${body}`), ['1 function-length']);
  });

  it('a group of tests is a chapter, not a function', () => {
    const chapter = `describe('x', () => {\n${'f();\n'.repeat(80)}});\n`;
    assert.deepEqual(broken('test/a.test.ts', chapter), []);
  });

  it('a line has at most 100 columns, but for what cannot be broken', () => {
    const long = `// ${'x'.repeat(98)}\n`;
    assert.deepEqual(broken('cli/a.ts', long), ['1 line-length']);
    assert.deepEqual(broken('cli/a.ts', `// https://example.com/${'x'.repeat(90)}\n`), []);
    const literal = `f('${'x'.repeat(100)}');\n`;
    assert.deepEqual(broken('test/a.test.ts', literal), []);
    assert.deepEqual(broken('cli/a.ts', literal), ['1 line-length']);
  });
});

describe('purity', () => {
  const everywhere = [
    'f(Date.now());',
    'f(new Date());',
    'f(Date());',
    'f(Math.random());',
    'const { random } = Math;',
    'performance.now();',
    'setTimeout(f, 1);',
    'setInterval(f, 1);',
    'f(globalThis);',
    'n.toLocaleString();',
    'a.localeCompare(b);',
    'new Intl.NumberFormat();',
  ];
  for (const text of everywhere) {
    it(`no pure room says ${text}`, () => {
      for (const room of ['core/engine/market', 'core/agent', 'core/lab']) {
        assert.deepEqual(broken(`${room}/a.ts`, `\n${text}\n`), ['2 purity']);
      }
      assert.deepEqual(broken('core/host/a.ts', `\n${text}\n`), []);
    });
  }

  for (const text of [
    'Math.exp(1);',
    'Math.log(1);',
    'Math.pow(a, 2);',
    'f(a ** b);',
    'Math[a];',
  ]) {
    it(`the engine does not say ${text}`, () => {
      assert.deepEqual(broken('core/engine/judge/a.ts', `${text}\n`), ['1 purity']);
      assert.deepEqual(broken('core/agent/a.ts', `${text}\n`), []);
    });
  }

  it('what is exact, or only sounds like it, passes', () => {
    const fine =
      'f(new Date(0), Math.floor(1), Math.sqrt(2), Math.PI, 10 ** 6, 2n ** a);\n' +
      'f(lease.performance, { globalThis: 1 }, a.now());\n// Date.now() in a comment\n';
    assert.deepEqual(broken('core/engine/market/a.ts', fine), []);
  });
});

describe('habits', () => {
  const habits: [rule: string, text: string][] = [
    ['default-export', 'export default 1;'],
    ['default-export', 'const a = 1; export { a as default };'],
    ['any', 'export const a: any = 1;'],
    ['any', 'f(a as any);'],
    ['any', 'f<any>();'],
    ['any', '/** @param {any} a */'],
    ['async-transaction', 'db.transaction(async () => {});'],
    ['async-transaction', 'this.db.transaction(async function () {});'],
    ['unfinished', '// TODO later'],
    ['unfinished', '/* FIXME */'],
    ['silenced', '// @ts-ignore'],
    ['silenced', '// oxlint-disable-next-line'],
    ['only', "test.only('a', f);"],
    ['syntax', 'const = 1;'],
  ];
  for (const [rule, text] of habits) {
    it(`${rule}: ${text}`, () => assert.deepEqual(broken('cli/a.ts', `${text}\n`), [`1 ${rule}`]));
  }

  it('files are named in kebab-case', () => {
    assert.deepEqual(broken('renderer/MyPanel.tsx', 'export {};\n'), ['1 file-name']);
    assert.deepEqual(broken('renderer/my-panel.tsx', 'export {};\n'), []);
  });

  it('a synchronous transaction and a word that contains any pass', () => {
    const fine = "db.transaction(() => {});\nexport const company = 'TODO any';\n// many\n";
    assert.deepEqual(broken('cli/a.ts', fine), []);
  });
});

describe('reach', () => {
  it('a file that nothing reaches is dead', () => {
    const files = { 'cli/dead.ts': 'export {};\n', 'build/bootstrap.mjs': 'export {};\n' };
    const complaints = tidy(new Map(Object.entries(files)));
    assert.equal(
      describeComplaints(complaints),
      'cli/dead.ts:1 dead-file: no entry and no test reaches this file',
    );
  });

  it('an import, a path from the root, a page and its script keep a file alive', () => {
    const files = {
      'build/bootstrap.mjs': "import './a.mjs';\n",
      'build/a.mjs': "run('cli/haggle.ts', 'renderer');\n",
      'cli/haggle.ts': "new Worker(new URL('./work.ts', import.meta.url));\n",
      'cli/work.ts': 'export {};\n',
      'renderer/index.html': '<script type="module" src="./main.tsx"></script>\n',
      'renderer/main.tsx': "import './main.css';\n",
      'renderer/main.css': "@import './base.css';\n",
      'renderer/base.css': '',
      'programs/job.ts': 'export {};\n',
    };
    assert.deepEqual(tidy(new Map(Object.entries(files))), []);
  });

  it('a room has one barrel at most', () => {
    const passOn = "export * from './b.ts';\n";
    const one = { 'core/lab/b.ts': 'export const b = 1;\n', 'core/lab/a.ts': passOn };
    assert.deepEqual(broken('core/lab/c.ts', 'export const c = 1;\n', one), []);
    assert.deepEqual(broken('core/lab/c.ts', passOn, one), ['1 barrel']);
  });
});

it('reads every source file of the project, and nothing that git ignores', () => {
  const names = [...projectFiles().keys()];
  assert.ok(names.includes('build/tidy.ts') && names.includes('electron/main.ts'));
  assert.ok(!names.some((name) => /^(node_modules|out)/.test(name)));
});
