export { DailyRunner, type RunnerSettings } from './runner.js';
