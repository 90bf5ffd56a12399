// Keyed requests that arrive while the same key is under way: they wait for the one answer, and
// what the first one does outside the journal is done once.
import type { IdempotencyKey } from '../loop.ts';

/** Whether a request goes ahead, waits for another's answer, or contradicts it. */
export interface Once<Answer> {
  /**
   * Calls `go` for the first of equal keys; each `answer` gets what `go` answers. False when the
   * key is under way with another input: nothing is called then.
   */
  run(
    key: IdempotencyKey | null,
    answer: (a: Answer) => void,
    go: (done: (a: Answer) => void) => void,
  ): boolean;
}

export function createOnce<Answer>(): Once<Answer> {
  const underWay = new Map<string, { input: string; answers: ((a: Answer) => void)[] }>();
  return {
    run(key, answer, go) {
      if (key === null) {
        go(answer);
        return true;
      }
      const name = `${key.scope} ${key.key}`;
      const known = underWay.get(name);
      if (known !== undefined) {
        if (known.input === key.input) known.answers.push(answer);
        return known.input === key.input;
      }
      const answers = [answer];
      underWay.set(name, { input: key.input, answers });
      go((a) => {
        underWay.delete(name);
        for (const one of answers) one(a);
      });
      return true;
    },
  };
}
