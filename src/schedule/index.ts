export type {
  DailyPost,
  PickBy,
  PostChanges,
  PostState,
  RankedPost,
  Schedule,
  ScheduleBook,
  ShownFeature,
} from '../store/index.js';
export { type Due, dueAt, missedBy, nextDue, type Timing } from './calendar.js';
export type { ChoiceContext, ChooseFeature, Chosen } from './chosen.js';
export { addDays, dayOf, isZone } from './instants.js';
