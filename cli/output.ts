// stdout belongs to the answer: one JSON document, or text for a person. The rest goes to stderr.

export interface Output {
  readonly json: boolean;
  /** The answer: the document under --json, else the text. */
  answer(document: unknown, text: () => string): void;
  /** A sentence about what is going on; silent under --json and --quiet. */
  say(sentence: string): void;
  /** As `say`, also under --json: what a person who waits wants to read. */
  tell(sentence: string): void;
}

export function createOutput({ json, quiet }: { json: boolean; quiet: boolean }): Output {
  const tell = (sentence: string): void => {
    if (!quiet) process.stderr.write(`haggle: ${sentence}\n`);
  };
  return {
    json,
    answer(document, text) {
      process.stdout.write(json ? `${JSON.stringify(document)}\n` : text());
    },
    say(sentence) {
      if (!json) tell(sentence);
    },
    tell,
  };
}
