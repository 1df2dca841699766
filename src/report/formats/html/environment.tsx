import type { Report } from "../../model/report.js";
import { countText } from "../../text/count-text.js";
import { CommandBlock } from "./code-block.js";
import { Facts } from "./facts.js";
import { Said } from "./quoted.js";
import { shownText } from "./visible-text.js";

/** Characters of one fact, and of a command, which is to be copied whole. */
const FACT = 300;
const COMMAND = 20_000;

/** What was run on what, and how to run it again. */
export function Environment({ report: { header, footer } }: { readonly report: Report }) {
  const { implementation, environment, shard } = header;
  const said = (text: string) => <Said limit={FACT}>{text}</Said>;
  return (
    <>
      <h3>How to reproduce</h3>
      <CommandBlock>{shownText(header.command, COMMAND)}</CommandBlock>
      <p>With the same suite, seed and profile the same cases are drawn, bit for bit.</p>
      <h3>What was run, and where</h3>
      <Facts
        of={{
          Implementation: said(`${implementation.name} ${implementation.version}`),
          Language: said(implementation.language),
          Issues:
            implementation.issues === undefined ? undefined : (
              <IssueTracker address={implementation.issues} />
            ),
          Dialect: said(header.dialect),
          Reference: header.reference === undefined ? "none is claimed" : said(header.reference),
          "Level asked for": header.level,
          Profile: said(header.profile),
          Seed: <code>{header.seed}</code>,
          "Restricted to": header.only === undefined ? undefined : said(header.only),
          Shard: shard === undefined ? undefined : `${shard.index} of ${shard.count}`,
          Suite: said(`rmsprop-conformance ${header.suite}`),
          Node: said(environment.node),
          Platform: said(`${environment.platform} ${environment.arch}`),
          Processor: said(environment.cpu),
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
    return <Said limit={FACT}>{address}</Said>;
  return (
    <a href={new URL(address).href} rel="noreferrer">
      <Said limit={FACT}>{address}</Said>
    </a>
  );
}

function startedText(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
