import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Switches of the packaged browser that would hide faults: pages of one process fall together, and a page could load anything. */
const UNWANTED = [
  "--single-process",
  "--no-zygote",
  "--disable-web-security",
  "--allow-running-insecure-content",
];

/**
 * A real Chromium: the one that the environment variable CHROMIUM names, or the packaged one.
 * @returns why there is none, where it cannot be started
 */
export async function startBrowser(): Promise<Browser | string> {
  const { CHROMIUM } = process.env;
  try {
    if (CHROMIUM && !existsSync(CHROMIUM)) return `CHROMIUM names ${CHROMIUM}, which is not there`;
    const executablePath = CHROMIUM || (await chromium.executablePath());
    const args = CHROMIUM ? ["--no-sandbox"] : chromium.args.filter((each) => !UNWANTED.includes(each));
    return await playwright.launch({ executablePath, args, headless: true });
  } catch (error) {
    return `no browser: ${(error as Error).message.split("\n")[0]}`;
  }
}
