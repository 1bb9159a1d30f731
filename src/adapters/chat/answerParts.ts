import type { Reply, ReplyAction } from '../../../commands/line/command.js';
import type { Store, Wanted } from '../../store/index.js';
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

/** The token list of an answer; undefined where it has none. */
export function listMessage({ tokens, ranking }: Pick<Reply, 'tokens' | 'ranking'>): ChatMessage | undefined {
  if (tokens.length === 0) return undefined;
  const active = ranking === 'activation';
  const table = tokens
    .map(
      ({ rank, text, score, context }) =>
        `${String(rank).padStart(3)}  ${score.toFixed(3)}  ${context ?? text}`,
    )
    .join('\n');
  const order = active ? 'most active first, where they fire best; * put there' : 'nearest first';
  return { text: `Token list, ${order}`, table };
}

/** What is said of an answer under its text when nothing of it is to come. */
export function completeText(text: string, line: string): string {
  return [...(text === '' ? [] : [text]), `Complete · /${line}`].join('\n');
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
      await store.rememberButton(id, 'line' in does ? does : { line, wants: wantedOf(does) });
      return { id, label };
    }),
  );
}

function wantedOf(does: Exclude<ReplyAction['does'], { line: string }>): Wanted {
  return 'aside' in does ? does.aside : 'json';
}
