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
export { type ChoiceContext, type Chosen, chooseFeature } from './choose.js';
export { addDays, dayOf, isZone } from './instants.js';
