const REASONS = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk is full'],
  ['EFBIG', 'its folder takes no file that large'],
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'a file has the name of its folder'],
  ['EISDIR', 'a folder has that name'],
  ['ENAMETOOLONG', 'its name is too long'],
]);

/**
 * Why a file could not be written, as words for brackets: `the disk is full (ENOSPC)`.
 *
 * @returns undefined where the file system did not refuse
 */
export function whyNotWritten(error: unknown): string | undefined {
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = REASONS.get(code);
  return reason && `${reason} (${code})`;
}
