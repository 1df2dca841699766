/** The languages that snippets are made in. */
export const SNIPPET_LANGUAGES = ["python-numpy", "python-pytorch", "javascript", "rust", "c", "go"] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];

/** A small stand-alone program that reproduces a finding; users insert their own optimizer at one place. */
export interface Snippet {
  readonly language: SnippetLanguage;
  /** For people. */
  readonly title: string;
  /**
   * The text of the program. Run, it prints what was got and what is accepted, and ends with status 0 if that is accepted, 1
   * if not, and 3 if it cannot tell. What others said stands in comments only.
   */
  readonly code: string;
}
