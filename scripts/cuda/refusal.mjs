/** What the person who started a command can mend: shown as one line, without a stack. */
export class Refusal extends Error {}
