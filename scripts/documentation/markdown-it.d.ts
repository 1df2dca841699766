/** As much of it as tests need; the package has no types. */
declare module "markdown-it" {
  export interface Token {
    readonly type: string;
    readonly tag: string;
    readonly content: string;
    /** What stands after the fence. */
    readonly info: string;
    /** First line and the one after the last, from 0. */
    readonly map: readonly [number, number] | null;
    readonly children: readonly Token[] | null;
    attrGet(name: string): string | null;
  }

  export default class MarkdownIt {
    constructor(options?: { html?: boolean; linkify?: boolean; typographer?: boolean });
    parse(text: string, environment: object): Token[];
    render(text: string): string;
  }
}
