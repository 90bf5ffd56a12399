import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isOpenable, isOwnPage } from '../../electron/origin.ts';
import { servePageFile } from '../../electron/page-files.ts';

describe("the page's own origin", () => {
  let dir = '';
  let root = '';
  before(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'haggle-page-'));
    root = path.join(dir, 'renderer');
    fs.mkdirSync(path.join(root, 'assets'), { recursive: true });
    fs.writeFileSync(path.join(root, 'index.html'), '<p>hello</p>');
    fs.writeFileSync(path.join(root, 'assets/a.js'), 'run()');
    fs.writeFileSync(path.join(dir, 'secret'), 'secret');
    fs.mkdirSync(path.join(dir, 'renderer-other'));
    fs.writeFileSync(path.join(dir, 'renderer-other/x'), 'secret');
  });
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  it('serves its files with a type and a policy', async () => {
    const page = await servePageFile(root, 'app://haggle/');
    assert.equal(await page.text(), '<p>hello</p>');
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe-eval/);
    const script = await servePageFile(root, 'app://haggle/assets/a.js?v=1');
    assert.equal(script.headers.get('content-type'), 'text/javascript');
  });

  it('answers 404 to everything else', async () => {
    const paths = ['missing', '..%2fsecret', '%2e%2e/secret', '..%2frenderer-other%2fx', '%ff'];
    const urls = [...paths, 'assets', 'a%00.js'].map((name) => `app://haggle/${name}`);
    for (const url of [...urls, 'app://evil/index.html', 'not an address']) {
      assert.equal((await servePageFile(root, url)).status, 404, url);
    }
  });
});

it('only our own addresses are the page, only https leaves the app', () => {
  assert.equal(isOwnPage('app://haggle/index.html#/bank'), true);
  for (const url of ['app://evil/', 'https://haggle/', 'file:///index.html', '']) {
    assert.equal(isOwnPage(url), false, url);
  }
  assert.equal(isOpenable('https://example.com/a?b=c'), true);
  const long = `https://example.com/${'x'.repeat(3000)}`;
  const user = 'https://user:word@example.com/';
  for (const url of ['http://example.com', 'file:///etc/passwd', 'x', 7, null, long, user]) {
    assert.equal(isOpenable(url), false, String(url));
  }
});
