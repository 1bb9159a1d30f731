import type { ParameterValues, QuestionKind, Report, Request } from '../core/index.js';

/** What of a question only its picture depends on; one without a picture has no theme. */
type PictureParameters = Pick<ParameterValues, 'trim'> & Partial<Pick<ParameterValues, 'theme'>>;

/** Equal for equal questions, whatever order their options were typed in. */
export function keyOf<K extends QuestionKind>(kind: K, request: Request<K>): string {
  const { trim: _trim, theme: _theme, ...asked } = request.parameters as PictureParameters;
  const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([kind, sorted({ ...request, parameters: sorted(asked) })]);
}

/** A report as this request wants it: what only changes the picture is not part of the question. */
export function forRequest<K extends QuestionKind>(report: Report<K>, request: Request<K>): Report<K> {
  const { trim, theme } = request.parameters as PictureParameters;
  const shown = { trim, ...(theme !== undefined && { theme }) };
  return { ...report, parameters: { ...report.parameters, ...shown } } as Report<K>;
}
