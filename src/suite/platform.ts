/** Where this process runs, in the words that expectations use. */
export function platform(): { readonly os: string; readonly arch: string } {
  return { os: process.platform, arch: process.arch };
}
