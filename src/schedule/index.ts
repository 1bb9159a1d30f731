export type {
  DailyPost,
  PickBy,
  PostChanges,
  PostState,
  RankedPost,
  Schedule,
  ScheduleBook,
  ShownFeature,
} from './book.js';
export { type Due, dueAt, isFinal, missedBy, nextDue, type Timing } from './calendar.js';
export { type ChoiceContext, type Chosen, chooseFeature } from './choose.js';
export { addDays, dayOf, localText, monthOf } from './instants.js';
