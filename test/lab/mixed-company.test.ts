// Goal: rule-based, learning and scripted bargainers meet on equal terms and are labelled as what
// they are. Method: the experiment on several seeds. Check: its checks; that rows cover everybody
// once; that the families are told apart by what the strategies do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STRATEGIES } from '../../core/agent/bargaining/kinds.ts';
import { COMPANY, mixedCompany } from '../../core/lab/experiments/mixed-company.ts';
import { readSettings } from '../../core/lab/settings.ts';

const settings = (...pairs: string[]) => readSettings(mixedCompany.settings, pairs);
interface Row {
  kind: string;
  family: string;
  dealRate: number;
  share: number;
  ci95: number;
}

test('all checks hold on several seeds and settings; the same seed is the same document', () => {
  for (const pairs of [['seeds=4'], ['seeds=3', 'roundsMax=7'], ['seeds=3', 'roundsMax=4']]) {
    for (const seed of [1, 2]) {
      const found = mixedCompany.run(seed, settings(...pairs), null);
      assert.deepEqual(
        found.checks.filter(({ ok }) => !ok),
        [],
      );
      assert.deepEqual(mixedCompany.run(seed, settings(...pairs), null), found);
    }
  }
});

test('everybody has one row with an interval, and no language model is among them', () => {
  const rows = mixedCompany.run(1, settings('seeds=4'), null).results['rows'] as Row[];
  const names = COMPANY.map(({ name }) => name);
  for (const { name } of STRATEGIES) assert.ok(names.includes(name), name);
  assert.deepEqual(rows.map(({ kind }) => kind).sort(), names.sort());
  for (const { kind, share, ci95, dealRate } of rows) {
    assert.ok(ci95 > 0 && share >= 0 && share <= 1 && dealRate > 0 && dealRate <= 1, kind);
    assert.doesNotMatch(kind, /llm|language|model/u);
  }
});

test('families: those that are told how it ended learn, scripts are called scripts', () => {
  const family = (name: string) => COMPANY.find((kind) => kind.name === name)?.family;
  assert.deepEqual(
    ['fair', 'tit-for-tat', 'q-learning', 'adaptive', 'loses patience'].map(family),
    ['rule-based', 'rule-based', 'learning', 'learning', 'scripted human-like'],
  );
});
