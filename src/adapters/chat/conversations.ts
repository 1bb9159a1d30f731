import { randomUUID } from 'node:crypto';
import { planLine } from '../../../commands/index.js';
import { checkCommand, checkPlace } from '../../../commands/line/allowed.js';
import type { AsideName, CommandContext, Plan, Reply } from '../../../commands/line/command.js';
import { checkLength, isTooLong } from '../../../commands/line/grammar.js';
import { within } from '../../async/within.js';
import { CancelledError, InputError } from '../../core/index.js';
import type { Asker } from '../../jobs/index.js';
import type { Log } from '../../operations/index.js';
import type { RoomSettings, Store, Wanted } from '../../store/index.js';
import { Account, outcomeOf } from './account.js';
import { Announcement } from './announcement.js';
import { completeText, type Delivery, listMessage, rememberedButtons } from './answerParts.js';
import type { Asked, Pressed, Reacted } from './heard.js';
import { takeHourly } from './hourly.js';
import { type ChatMeters, type Outcome, UNMEASURED } from './meters.js';
import type { AnswerPlace } from './platform.js';
import { AnswersUnderWay } from './underWay.js';

/** The ids of buttons that cancel begin with this. */
const CANCEL = 'cancel:';

/** Shown to everybody where a question was refused after its announcement. */
const PRIVATELY = 'This could not be answered; whoever asked was told why.';

/** Stands under an answer while its picture is handed to the platform. */
const PICTURE_FOLLOWS = 'The picture follows.';

/** Milliseconds that an announcement waits for what is known at once, so that it comes with it. */
const FIRST_DRAFT = 400;

/** Stands in place of an announcement that had to be waited for. */
const HANDED_OUT: Record<Wanted, string> = {
  json: 'The report is below.',
  details: 'Whoever asked was told the details.',
  texts: 'The texts are below.',
};

interface Running {
  asker: Asker;
  cancel: AbortController;
}

/**
 * What happens between a command in a chat and its answer, on every platform alike: refusals go to the person
 * who asked; an answer is announced, shows its progress, and is then given in a thread with buttons for what to
 * ask next. Adapters move events in and messages out and decide nothing else.
 */
export class Conversations {
  private readonly running = new Map<string, Running>();
  private readonly unfinished = new Set<Promise<void>>();
  private draining = false;
  readonly underWay: AnswersUnderWay;

  constructor(
    private readonly context: CommandContext,
    private readonly store: Store,
    private readonly log: Log,
    private readonly meters: ChatMeters = UNMEASURED,
  ) {
    this.underWay = new AnswersUnderWay(store.unfinished, log);
  }

  /** Answers a command line. Never throws: what goes wrong is told to the person, or reported. */
  ask(asked: Asked): Promise<void> {
    // A line that is too long is neither read nor stored.
    const line = isTooLong(asked.line) ? '' : asked.line;
    const account = new Account(this.log, this.meters, asked.asker, line, asked.id);
    const { draining } = this;
    return this.track(account, asked.place, async () => {
      // Before the event counts as seen: if we are killed in between, the person is told twice rather than never.
      await this.underWay.begin(account.id, line, asked.place);
      if (asked.event && !(await this.store.firstTime(asked.event))) return undefined;
      account.begin();
      checkTaking(draining);
      const before = asked.thread === undefined ? undefined : await this.store.threadLine(asked.thread);
      const plan = await this.planTyped(asked, before);
      return this.answer(plan, asked, asked.place, account);
    });
  }

  /** Does what a button stands for. Never throws. */
  press({ id, event, asker, button, manager, place }: Pressed): Promise<void> {
    const account = new Account(this.log, this.meters, asker, '', id);
    const { draining } = this;
    return this.track(account, place, async () => {
      await this.underWay.begin(account.id, '', place);
      if (event && !(await this.store.firstTime(event))) return undefined;
      if (button.startsWith(CANCEL)) return this.cancel(button, asker, manager, place);
      const action = await this.store.button(button);
      if (!action) throw new InputError('This button is too old: please type the command again.');
      const plan = this.plan(action.line, asker);
      account.is(plan.line);
      account.begin();
      checkTaking(draining);
      return action.wants
        ? this.handOut(action.wants, plan, { asker }, place, account)
        : this.answer(plan, { asker }, place, account);
    });
  }

  /** Counts how many milliseconds after an event an adapter acknowledged it. */
  acknowledged(platform: string, milliseconds: number): void {
    this.meters.acknowledged(platform, milliseconds);
  }

  /** Takes no more commands; resolves when the running ones are answered, or the time is over. */
  async drain(milliseconds: number): Promise<void> {
    this.draining = true;
    await within(milliseconds, Promise.all(this.unfinished), () => undefined);
  }

  /** Counts a reaction to a feature of the day as a vote; others mean nothing. Never throws. */
  async react({ message, person, reaction, added }: Reacted): Promise<void> {
    const { schedules } = this.context;
    try {
      if (added) await schedules?.vote(message, person, reaction);
      else await schedules?.unvote(message, person, reaction);
    } catch (error) {
      this.log.fault('A vote could not be counted', error);
    }
  }

  /** Cancels all work and waits until everybody who asked was told. */
  async close(): Promise<void> {
    for (const { cancel } of this.running.values()) cancel.abort();
    await Promise.all(this.unfinished);
  }

  /**
   * As `plan`, with the settings of the place, which our lines behind buttons do not need. A refused line counts as a
   * question of the hour, or people could have lines read without end.
   */
  private async planTyped({ line, asker }: Asked, before: string | undefined): Promise<Plan> {
    const settings = await this.store.settings.at(asker);
    try {
      checkLength(line);
      return this.plan(line, asker, before, settings);
    } catch (error) {
      if (error instanceof InputError) await this.count(asker);
      throw error;
    }
  }

  /** What a line means where it was asked. The operator's lists hold for every line, typed or behind a button. */
  private plan(line: string, asker: Asker, before?: string, place?: RoomSettings): Plan {
    const { allow } = this.context.configuration.settings;
    checkPlace(asker, allow);
    const plan = planLine(line, this.context, before, place);
    checkCommand(plan.line, asker, allow);
    return plan;
  }

  /** @throws {InputError} when all questions of the hour were asked */
  private count(asker: Asker): Promise<void> {
    return takeHourly(asker, this.context.configuration.settings.limits.hourly, this.store);
  }

  private async answer(
    plan: Plan,
    asked: Pick<Asked, 'asker' | 'manager'>,
    place: AnswerPlace,
    account: Account,
  ): Promise<Outcome> {
    account.is(plan.line);
    if (plan.scope === 'private') {
      const { title, text } = await plan.run({ id: account.id, ...asked });
      await place.whisper({ title, text: '', table: text });
      return 'answered';
    }
    return this.work(plan, asked, place, account, {
      announced: 'at once',
      pictures: true,
      deliver: (reply) => this.tell(reply, plan, place, account),
    });
  }

  /** Hands out a part of an answer, which is mostly in the cache. */
  private handOut(
    wanted: Wanted,
    plan: Plan,
    asked: Pick<Asked, 'asker' | 'manager'>,
    place: AnswerPlace,
    account: Account,
  ): Promise<Outcome> {
    return this.work(plan, asked, place, account, {
      announced: 'when waited for',
      // Notes of the picture are among the details.
      pictures: wanted === 'details',
      deliver: async (reply, announced) => {
        if (announced) await place.edit({ title: plan.title, text: HANDED_OUT[wanted] });
        if (wanted === 'json') for (const file of reply.files) await account.upload(place.file(file));
        else await this.tellAside(wanted, reply, plan, place);
      },
    });
  }

  private async tellAside(
    wanted: AsideName,
    { title, asides }: Reply,
    { line }: Plan,
    place: AnswerPlace,
  ): Promise<void> {
    const aside = asides?.[wanted];
    if (!aside) throw new InputError('This answer has no more to tell.');
    const buttons = await rememberedButtons(aside.actions ?? [], line, this.store, () => randomUUID());
    const message = { title, text: aside.text, ...(buttons.length > 0 && { buttons }) };
    if (wanted === 'details') await place.whisper(message);
    else await place.say(message);
  }

  /** Lets an answer be computed, which whoever asked can cancel, and delivers it. */
  private async work(
    plan: Plan,
    { asker, manager }: Pick<Asked, 'asker' | 'manager'>,
    place: AnswerPlace,
    account: Account,
    { announced: when, pictures, deliver }: Delivery,
  ): Promise<Outcome> {
    const { id: command } = account;
    const id = CANCEL + randomUUID();
    const cancel = new AbortController();
    this.running.set(id, { asker, cancel });
    const announcement = new Announcement(
      place,
      plan.title,
      when === 'when waited for',
      id,
      () => this.underWay.advance(command, 'announced', plan.title, plan.line, place),
      () => cancel.abort(),
    );
    try {
      // Before the announcement, so that a refusal stays private.
      await plan.admit?.(asker);
      await this.count(asker);
      const { signal } = cancel;
      const onProgress = announcement.show;
      const { onDraft, drafted } = drafting(announcement);
      const control = { id: command, asker, manager, signal, onProgress, pictures };
      const answering = plan.run(when === 'at once' ? { ...control, onDraft } : control);
      answering.catch(() => {}); // awaited below
      if (when === 'at once') {
        if (plan.drafts) await within(FIRST_DRAFT, Promise.race([drafted, answering]), () => undefined);
        await announcement.announce();
      }
      const reply = await answering;
      // Drawing is not stopped on its way, but whoever cancelled wants nothing to be posted.
      if (signal.aborted && !plan.endsEarly) throw new CancelledError();
      await announcement.announced();
      await announcement.stop();
      await deliver(reply, announcement.stands);
      return 'answered';
    } catch (error) {
      cancel.abort();
      await announcement.stop();
      await announcement.announced(); // throws where announcing failed: there is nothing to edit
      if (!announcement.stands) throw error;
      const text = this.explain(error, account);
      // What the person can mend concerns nobody else, even when it comes up after the announcement.
      const isPrivate = error instanceof InputError;
      await place.edit({ title: plan.title, text: isPrivate ? PRIVATELY : text });
      if (isPrivate) await place.whisper({ text });
      return outcomeOf(error);
    } finally {
      this.running.delete(id);
    }
  }

  private async tell(reply: Reply, plan: Plan, place: AnswerPlace, account: Account): Promise<void> {
    const { title, link, text, pictures } = reply;
    const [picture, ...more] = pictures;
    const shown = { title, ...(link && { link }) };
    // The words are there while the picture is still on its way.
    if (picture) await place.edit({ ...shown, text: [text, PICTURE_FOLLOWS].filter(Boolean).join('\n') });
    await this.underWay.advance(account.id, 'told', title, plan.line, place);
    const buttons = await rememberedButtons(reply.actions, plan.line, this.store, () => randomUUID());
    const whole = { ...shown, text: completeText(text, plan.line), ...(buttons.length > 0 && { buttons }) };
    const finishing = place.finish(whole, picture);
    await (picture ? account.upload(finishing) : finishing);
    for (const other of more) await account.upload(place.picture(other, title));
    const { thread } = place;
    await this.store.rememberThread(thread, plan.line);
    const list = listMessage(reply);
    if (list) await place.say(list);
    // Where the platform refuses a thread, only now is it certain where the answer is.
    if (place.thread !== thread) await this.store.rememberThread(place.thread, plan.line);
  }

  private async cancel(
    button: string,
    asker: Asker,
    manager: boolean,
    place: AnswerPlace,
  ): Promise<undefined> {
    const running = this.running.get(button);
    if (!running) throw new InputError('There is nothing to cancel any more.');
    if (running.asker.person !== asker.person && !manager) {
      await place.whisper({
        text: 'Only the person who asked, or somebody who manages the channel, can cancel this.',
      });
      return undefined;
    }
    running.cancel.abort();
    return undefined;
  }

  private explain(error: unknown, { id, log }: Account): string {
    if (error instanceof InputError || error instanceof CancelledError) return error.message;
    log.fault('An answer failed', error);
    return error instanceof Error && error.name === 'EngineError'
      ? error.message
      : `Something went wrong here; it was reported (id ${id}). Please try again.`;
  }

  /** Runs work that nobody waits for, and tells its failures to the person who asked. */
  private track(
    account: Account,
    place: AnswerPlace,
    work: () => Promise<Outcome | undefined>,
  ): Promise<void> {
    const failed = async (error: unknown) => {
      await place.whisper({ text: this.explain(error, account) });
      return outcomeOf(error);
    };
    const lost = (error: unknown): Outcome => {
      account.log.fault('The person who asked could not be told', error);
      return 'failed';
    };
    const tracked = work()
      .catch(failed)
      .catch(lost)
      .then((outcome) => {
        if (outcome) account.end(outcome);
      })
      .then(() => this.underWay.end(account.id));
    this.unfinished.add(tracked);
    return tracked.finally(() => this.unfinished.delete(tracked));
  }
}

/** Passes drafts on to an announcement. @returns as `drafted` what resolves with the first */
function drafting(announcement: Announcement): { onDraft(text: string): void; drafted: Promise<void> } {
  let isDrafted = () => {};
  const drafted = new Promise<void>((resolve) => {
    isDrafted = resolve;
  });
  const onDraft = (text: string) => {
    announcement.draft(text);
    isDrafted();
  };
  return { onDraft, drafted };
}

/** @param draining whether no more commands were taken when this one arrived */
function checkTaking(draining: boolean): void {
  if (draining) throw new InputError('Ghosttree is restarting: please ask again in a minute.');
}
