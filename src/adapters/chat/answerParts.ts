import type { Reply, ReplyAction } from '../../../commands/line/command.js';
import type { Store } from '../../store/index.js';
import type { ChatButton, ChatMessage } from './platform.js';

/** How people get an answer. */
export interface Delivery {
  /** Whether it is announced at once, or only when it has to be waited for. */
  announced: 'at once' | 'when waited for';
  /** Whether its pictures are drawn. */
  pictures: boolean;
  /** Delivers the reply. @param announced whether an announcement stands, which still says that somebody works on it */
  deliver(reply: Reply, announced: boolean): Promise<void>;
}

/** The ids of buttons that ask something begin with this. */
export const ASK = 'ask:';

/** The last message of an answer: the token list, if there is one, above the buttons. */
export function listMessage({ tokens, ranking }: Reply, buttons: ChatButton[]): ChatMessage {
  const active = ranking === 'activation';
  const table = tokens
    .map(
      ({ rank, text, score, context }) =>
        `${String(rank).padStart(3)}  ${score.toFixed(3)}  ${context ?? text}`,
    )
    .join('\n');
  const order = active ? 'most active first, where they fire best; * put there' : 'nearest first';
  const text = table ? `Token list, ${order}` : 'What to ask next';
  return { text, ...(table && { table }), buttons };
}

/**
 * Buttons whose presses can be answered, also after a restart.
 *
 * @param line of the answer that they stand below
 * @param newId makes an id of at most 36 characters, from the label
 */
export function rememberedButtons(
  actions: readonly ReplyAction[],
  line: string,
  store: Pick<Store, 'rememberButton'>,
  newId: (label: string) => string,
): Promise<ChatButton[]> {
  return Promise.all(
    actions.map(async ({ label, does }) => {
      const id = ASK + newId(label);
      await store.rememberButton(id, 'line' in does ? does : { line, wants: 'json' });
      return { id, label };
    }),
  );
}
