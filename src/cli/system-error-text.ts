/** What error codes of the operating system mean to the user who named a file. */
const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: "access is denied",
  EEXIST: "it is a file where a folder is needed",
  EISDIR: "it is a folder where a file is needed",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file where a folder is needed",
  EPERM: "access is denied",
  EROFS: "the file system can only be read",
};

/** What went wrong with a file, without its name; the system's own message for other codes. */
export function systemErrorText({ code = "", message }: NodeJS.ErrnoException): string {
  return code in MEANINGS ? `${MEANINGS[code]} (${code})` : message;
}
