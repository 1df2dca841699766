import { CAPABILITY_MEANINGS } from "../../../../spec/capabilities.js";
import { GLOSSARY } from "../../../../spec/glossary.js";
import { OUTCOMES, SPEC_ONLY } from "../../../../spec/outcomes.js";
import { VERDICT_MEANINGS } from "../../../../spec/verdicts.js";
import { Disclosure } from "./disclosure.js";
import { Facts } from "./facts.js";
import { Section } from "./section.js";

/** The terms of the page, for readers who meet them for the first time. */
export function Glossary() {
  return (
    <Section id="glossary" title="Glossary">
      <div class="disclosures">
        <Disclosure summary="Terms: dialect, acceptance set, weak …">
          <Facts of={GLOSSARY} />
        </Disclosure>
        <Disclosure summary="Outcomes of cases, clauses and runs">
          <Facts of={{ ...OUTCOMES, ...SPEC_ONLY }} />
        </Disclosure>
        <Disclosure summary="Verdicts on observations">
          <Facts of={VERDICT_MEANINGS} />
        </Disclosure>
        <Disclosure summary="Capabilities of an implementation">
          <Facts of={CAPABILITY_MEANINGS} />
        </Disclosure>
      </div>
    </Section>
  );
}
