// Tokens. The operator's is a random file that only its owner can read; an agent's follows from the
// agent's id and the same secret, so none has to be stored and all survive a restart.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Actor } from '../engine/market/commands.ts';

export interface Keys {
  readonly operatorToken: string;
  readonly operatorTokenFile: string;
  agentToken(agentId: string): string;
  /** Whose token this is, or null. Says nothing about whether the agent exists. */
  identify(token: string): Actor | null;
}

const SECRET_BYTES = 32;

/** Reads or makes the secret of a data directory. */
export function openKeys(dataDir: string): Keys {
  const secret = readOrMake(path.join(dataDir, 'secret.key'));
  const operatorTokenFile = path.join(dataDir, 'operator.token');
  const mac = (text: string): string =>
    createHmac('sha256', secret).update(text).digest('base64url').slice(0, 43);
  const operatorToken = `op_${mac('operator')}`;
  keepPrivate(operatorTokenFile, `${operatorToken}\n`);
  // Checking a token costs a MAC; agents call often and are few.
  const seen = new Map<string, Actor>();
  const agentToken = (agentId: string): string => `${agentId}.${mac(`agent:${agentId}`)}`;

  function check(token: string): Actor | null {
    if (same(token, operatorToken)) return { kind: 'operator' };
    const dot = token.indexOf('.');
    if (dot < 0) return null;
    const id = token.slice(0, dot);
    return same(token, agentToken(id)) ? { kind: 'agent', id } : null;
  }

  return {
    operatorToken,
    operatorTokenFile,
    agentToken,
    identify(token) {
      const known = seen.get(token);
      if (known !== undefined) return known;
      if (token.length > 200) return null;
      const actor = check(token);
      if (actor !== null && seen.size < 50_000) seen.set(token, actor);
      return actor;
    },
  };
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function readOrMake(file: string): Buffer {
  if (!fs.existsSync(file)) writePrivate(file, randomBytes(SECRET_BYTES).toString('hex'));
  const secret = Buffer.from(fs.readFileSync(file, 'utf8').trim(), 'hex');
  if (secret.length !== SECRET_BYTES)
    throw new Error(`${file} is damaged; restore it or remove it`);
  return secret;
}

/** Leaves a file that says this already, so that a full disk does not keep a host from starting. */
function keepPrivate(file: string, text: string): void {
  const kept = fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text;
  if (kept) fs.chmodSync(file, 0o600);
  else writePrivate(file, text);
}

/** All of it or nothing, whenever we are killed; readable by its owner only. */
function writePrivate(file: string, text: string): void {
  const part = `${file}.part`;
  fs.rmSync(part, { force: true });
  const fd = fs.openSync(part, 'wx', 0o600);
  try {
    fs.writeSync(fd, text);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(part, file);
}
