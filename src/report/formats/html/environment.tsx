import type { Report } from "../../model/report.js";
import { countText } from "../../text/count-text.js";
import { CommandBlock } from "./code-block.js";
import { Facts } from "./facts.js";
import { Quoted } from "./quoted.js";
import { visibleText } from "./visible-text.js";

/** Characters of one fact, and of a command, which has to be copied whole. */
const FACT = 300;
const COMMAND = 20_000;

/** What was run, where, and how to reproduce it. */
export function Environment({ report: { header, footer } }: { readonly report: Report }) {
  const { implementation, environment, shard } = header;
  const quoted = (text: string) => <Quoted limit={FACT}>{text}</Quoted>;
  return (
    <>
      <h3>How to reproduce</h3>
      <CommandBlock>{visibleText(header.command, COMMAND)}</CommandBlock>
      <p>The same suite, seed and profile generate the same cases, bit for bit.</p>
      <h3>What was run, and where</h3>
      <Facts
        of={{
          Implementation: quoted(`${implementation.name} ${implementation.version}`),
          Language: quoted(implementation.language),
          Issues:
            implementation.issues === undefined ? undefined : (
              <IssueTracker address={implementation.issues} />
            ),
          Dialect: quoted(header.dialect),
          Reference: header.reference === undefined ? "none is claimed" : quoted(header.reference),
          "Required level": header.level,
          Profile: quoted(header.profile),
          Seed: <code>{header.seed}</code>,
          "Restricted to": header.only === undefined ? undefined : quoted(header.only),
          Shard: shard === undefined ? undefined : `${shard.index} of ${shard.count}`,
          Suite: quoted(`rmsprop-conformance ${header.suite}`),
          Node: quoted(environment.node),
          Platform: quoted(`${environment.platform} ${environment.arch}`),
          Processor: quoted(environment.cpu),
          Started: <time dateTime={header.started}>{startedText(header.started)}</time>,
          Took: `${countText(Math.round(footer.seconds * 10) / 10)} s`,
        }}
      />
    </>
  );
}

/** A link, but only to what a browser opens as a page: an address is hostile text too. */
function IssueTracker({ address }: { readonly address: string }) {
  if (!/^https?:\/\/[^\s]+$/i.test(address) || !URL.canParse(address))
    return <Quoted limit={FACT}>{address}</Quoted>;
  return (
    <a href={new URL(address).href} rel="noreferrer">
      <Quoted limit={FACT}>{address}</Quoted>
    </a>
  );
}

function startedText(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
