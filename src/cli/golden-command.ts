import { Command } from "commander";
import { BUNDLED_GOLDEN_FOLDER } from "../package-info.js";
import { goldenDiffReport, goldenVerifyReport } from "../report/text/golden.js";
import { certifyGoldens } from "../suite/golden/certify.js";
import { diffGoldens } from "../suite/golden/diff.js";
import { isFolderVerified, verifyGoldenFolder } from "../suite/golden/verify-folder.js";
import { EXIT } from "./exit-codes.js";

/** `golden`: check, compare and certify traces of real PyTorch. */
export function goldenCommand(): Command {
  const golden = new Command("golden").description("manage the goldens recorded from PyTorch");
  golden
    .command("verify")
    .description(
      "check hashes, certificates, the bundled implementation's bits, every acceptance set, and the traces of the exported training graphs",
    )
    .argument("[folder]", "folder of golden sets, or one set", BUNDLED_GOLDEN_FOLDER)
    .action(async (folder: string) => {
      const found = await verifyGoldenFolder(folder, (path) => console.error(`verified ${path}`));
      console.log(goldenVerifyReport(found));
      process.exitCode = isFolderVerified(found) ? EXIT.passed : EXIT.failed;
    });
  golden
    .command("diff")
    .description(
      "compare two generations of a golden set, in ulps and by clause; exit status 1 if they differ",
    )
    .argument("<before>", "golden set")
    .argument("<after>", "golden set")
    .action((before: string, after: string) => {
      const diff = diffGoldens(before, after);
      console.log(goldenDiffReport(diff));
      const changes = [diff.onlyBefore, diff.onlyAfter, diff.changedPrograms, diff.moved];
      process.exitCode = changes.every(({ length }) => length === 0) ? EXIT.passed : EXIT.failed;
    });
  golden
    .command("certify")
    .description("build a golden set from the generator's output; called by `npm run golden`")
    .argument("<raw folder>", "output of scripts/golden/generate.py for both kinds and capabilities")
    .argument("<folder>", "golden set to write; replaced unless --add is given")
    .option("--add", "add the families to an existing set, which keeps its own")
    .action((raw: string, folder: string, { add }: { add?: boolean }) => {
      certifyGoldens(raw, folder, (path) => console.error(`wrote ${path}`), { add: add === true });
    });
  return golden;
}
