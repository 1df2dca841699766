import type { Verdict } from "../../../judge/verdict.js";
import type { NotRun } from "../../../suite/case-result.js";
import { Disclosure } from "./disclosure.js";
import { Facts } from "./facts.js";
import { Section } from "./section.js";

const WORDS = {
  dialect: "what is computed over the reals: one value on each formula axis",
  evaluation: "how it is rounded: the choices that are allowed on each axis",
  "acceptance set": "all float32 values that the declared dialect can produce under the declared choices",
  ulp: "the distance from one float32 to the next; a distance of 1 ulp is the neighbour",
  observation: "one element of one slot after one step",
  weak: "said of an observation for which what is accepted is wide beside the change that the step makes",
  indeterminate: "said of an observation for which no change, or the opposite one, would be accepted too",
} as const;

/** What each verdict says, best first. */
const VERDICTS = {
  "bit-exact": "equal to the reference evaluation, to the bit",
  certified: "in the acceptance set of what was declared",
  indeterminate: "the sets are too wide to decide, or every observation is weak",
  inaccurate: "the declared formula, less accurately than any declared choice allows",
  "other-dialect": "what another dialect computes",
  "special-mismatch": "NaN, infinity, finite or the sign of zero where no declared evaluation gives it",
  differs: "nothing known explains it",
  "contract-mismatch": "right or wrong by the contract: a shape, a missing slot, a changed gradient",
  "capability-mismatch": "something declared is not there, or the reverse",
  nondeterministic: "other bits for the same program, from an implementation that claims the same",
  timeout: "no answer in time",
  crash: "the process ended, or the implementation threw, before it answered",
  "protocol-error": "the answer breaks the protocol",
  unsupported: "not run: it needs what the implementation does not offer",
  "not-run": "not run: it is for another dialect, or there was nothing to run",
} as const satisfies Record<Verdict | NotRun, string>;

/** The words of the page, for whoever sees one for the first time. */
export function Glossary() {
  return (
    <Section id="words" title="Words">
      <div class="disclosures">
        <Disclosure summary="What is meant by dialect, acceptance set, weak …">
          <Facts of={WORDS} />
        </Disclosure>
        <Disclosure summary="What each verdict says">
          <Facts of={VERDICTS} />
        </Disclosure>
      </div>
    </Section>
  );
}
