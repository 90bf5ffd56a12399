// What a command is: its words, what it takes, and what it does.
import type { Given, OptionSpecs, Takes } from './options.ts';
import type { Output } from './output.ts';
import { HOST_OPTIONS, type OpenHow, type Session } from './session.ts';

export interface Context {
  readonly given: Given;
  readonly out: Output;
  /** The host, found or started; closed by itself when the command is over. */
  open(how?: OpenHow): Promise<Session>;
}

export interface Command extends Takes {
  /** Its words, such as `agents add`. */
  title: string;
  /** One line for the list of commands. */
  what: string;
  /** More, for `haggle help`. */
  notes?: string;
  /** One that works as it stands. */
  example: string;
  /** Resolves to the exit code; nothing is 0. */
  run(context: Context): Promise<number | void>;
}

/** Options of every command. */
export const COMMON_OPTIONS: OptionSpecs = {
  json: { type: 'flag', what: 'print one JSON document on stdout and nothing else' },
  quiet: { type: 'flag', what: 'say nothing on stderr but what went wrong' },
  help: { type: 'flag', what: 'explain the command' },
};

/** A command that talks to a host. */
export function hosted(command: Command): Command {
  const options = { ...command.options, ...HOST_OPTIONS, ...COMMON_OPTIONS };
  return { ...command, options };
}

/** A command that needs none. */
export function alone(command: Command): Command {
  return { ...command, options: { ...command.options, ...COMMON_OPTIONS } };
}
