// What the parties of a bargaining say: `haggle cfp bargain`, `offer`, `accept`, `quit`.
import { bargainingText, conflictText } from '../bargaining.ts';
import { speakerIn } from '../caller.ts';
import { type Command, type Context, hosted } from '../command.ts';
import type { BargainingDoc, CfpDoc, LeaseDoc } from '../documents.ts';
import { creditsIn, naming } from '../fields.ts';
import type { Given, OptionSpecs } from '../options.ts';
import { agentNames } from '../people.ts';
import { wonText } from './cfp.ts';

const CFP = { name: 'cfp' };
const FIELDS = {
  proposalId: 'PROPOSAL',
  price: 'PRICE',
  startDelayMs: '--start-delay',
  'terms.reclaimWindowMs': '--notice',
  'terms.penalty': '--penalty',
  round: '--round',
  message: '--message',
};
const SAYING: OptionSpecs = {
  as: { type: 'text', value: 'NAME', what: 'the party that speaks (the call’s manager)' },
  round: { type: 'whole', value: 'N', what: 'refused in any other round', min: 1 },
  message: { type: 'text', value: 'TEXT', what: 'words to the other side' },
};

/** Says it as a party of the call, and gives the host's answer. */
async function say<T>(
  { given, open }: Context,
  what: 'bargain' | 'offers' | 'accept' | 'quit',
  body: object,
  as: string | undefined,
): Promise<{ doc: T; named: (id: string | null) => string }> {
  const { client } = await open();
  const cfpId = given.argument('cfp');
  const speaker = await speakerIn(client, cfpId, as);
  const path = `/v1/cfps/${encodeURIComponent(cfpId)}/${what}`;
  try {
    const doc = await naming(FIELDS, speaker.send<T>('POST', path, body));
    return { doc, named: await agentNames(client) };
  } finally {
    speaker.close();
  }
}

const sayingOf = (given: Given): object => {
  const [round, message] = [given.number('round'), given.text('message')];
  return {
    ...(round === undefined ? {} : { round }),
    ...(message === undefined ? {} : { message }),
  };
};

async function bargain(context: Context): Promise<void> {
  const body = { proposalId: context.given.argument('proposal') };
  const said = await say<{ bargaining: BargainingDoc }>(context, 'bargain', body, undefined);
  context.out.answer(said.doc, () => bargainingText(said.doc.bargaining, said.named));
}

async function offer(context: Context): Promise<void> {
  const { given, out } = context;
  const price = creditsIn('PRICE', given.argument('price'));
  const [startDelayMs, reclaimWindowMs, penalty] = [
    given.number('start-delay'),
    given.number('notice'),
    given.number('penalty'),
  ];
  const terms = {
    ...(reclaimWindowMs === undefined ? {} : { reclaimWindowMs }),
    ...(penalty === undefined ? {} : { penalty }),
  };
  const body = {
    price,
    ...(startDelayMs === undefined ? {} : { startDelayMs }),
    ...(Object.keys(terms).length === 0 ? {} : { terms }),
    ...sayingOf(given),
  };
  const said = await say<{ bargaining: BargainingDoc }>(context, 'offers', body, given.text('as'));
  out.answer(said.doc, () => bargainingText(said.doc.bargaining, said.named));
}

async function accept(context: Context): Promise<void> {
  const { given, out } = context;
  const said = await say<{ lease: LeaseDoc }>(context, 'accept', sayingOf(given), given.text('as'));
  out.answer(said.doc, () => wonText(said.doc.lease));
}

async function quit(context: Context): Promise<void> {
  const { given, out } = context;
  const as = given.text('as');
  const { doc, named } = await say<{ cfp: CfpDoc }>(context, 'quit', sayingOf(given), as);
  const { id, bargaining } = doc.cfp;
  const how = bargaining === null ? doc.cfp.state : conflictText(bargaining, named);
  out.answer(doc, () => `${id}: ${how}\n`);
}

export const BARGAINS: readonly Command[] = [
  hosted({
    title: 'cfp bargain',
    what: 'opens a bargaining over a proposal of a call with award manual',
    notes: `The call must have been opened with --bargain and the proposal be negotiable. The rules
of the market choose the protocol: haggle policy show.`,
    example: 'haggle cfp bargain cfp_000000008 prp_000000009',
    options: {},
    arguments: [CFP, { name: 'proposal' }],
    run: bargain,
  }),
  hosted({
    title: 'cfp offer',
    what: 'makes an offer in a bargaining',
    notes: `What is left out stays as it was offered last. The manager's credits, or the
contractor's penalty, are held for it.`,
    example: 'haggle cfp offer cfp_000000008 12.5 --notice 5m --message "my last word"',
    options: {
      ...SAYING,
      'start-delay': { type: 'span', value: 'SPAN', what: 'when the lease starts, such as 5m' },
      notice: { type: 'span', value: 'SPAN', what: 'notice before the slot is taken back' },
      penalty: {
        type: 'number',
        value: 'CREDITS',
        what: 'what the contractor pays for taking it back',
        min: 0,
      },
    },
    arguments: [CFP, { name: 'price' }],
    run: offer,
  }),
  hosted({
    title: 'cfp accept',
    what: 'accepts the other side’s standing offer: an award at its terms',
    example: 'haggle cfp accept cfp_000000008 --as "Night shift"',
    options: SAYING,
    arguments: [CFP],
    run: accept,
  }),
  hosted({
    title: 'cfp quit',
    what: 'walks away from a bargaining: no deal, everything is released',
    example: 'haggle cfp quit cfp_000000008',
    options: SAYING,
    arguments: [CFP],
    run: quit,
  }),
];
