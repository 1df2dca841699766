import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Refusal } from "./refusal.mjs";

/** Every file under a folder, sorted, with its bytes and its SHA-256. */
export async function hashFiles(folder) {
  const files = [];
  for (const path of pathsUnder(folder)) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(folder, path)), hash);
    files.push({ path, bytes: lstatSync(join(folder, path)).size, sha256: hash.digest("hex") });
  }
  return files;
}

/** Paths of the regular files under a folder, sorted by code units; a link in `node_modules/.bin` is not one. */
function pathsUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/**
 * A folder as one compressed archive in parts: `NAME.tar.gz.01`, …. The same contents give the same bytes.
 * @param {number} partBytes the most that a part has
 * @returns {Promise<{ name: string, bytes: number, sha256: string }[]>}
 */
export async function writeParts(folder, out, name, partBytes) {
  const flags = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  const tar = spawn("tar", ["-C", folder, ...flags, "-cf", "-", "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(tar, "close");
  const parts = [];
  let part;
  const finish = async () => {
    if (!part) return;
    part.stream.end();
    await once(part.stream, "finish");
    parts.push({ name: part.name, bytes: part.bytes, sha256: part.hash.digest("hex") });
    part = undefined;
  };
  await pipeline(tar.stdout, createGzip({ level: 9 }), async (chunks) => {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) {
        if (part?.bytes === partBytes) await finish();
        part ??= openPart(out, `${name}.tar.gz.${String(parts.length + 1).padStart(2, "0")}`);
        const piece = chunk.subarray(at, at + partBytes - part.bytes);
        part.hash.update(piece);
        part.bytes += piece.length;
        if (!part.stream.write(piece)) await once(part.stream, "drain");
        at += piece.length;
      }
    }
  });
  await finish();
  const [status] = await ended;
  if (status !== 0) throw new Refusal(`tar failed (exit ${status}); GNU tar is needed`);
  return parts;
}

function openPart(out, name) {
  return { name, bytes: 0, hash: createHash("sha256"), stream: createWriteStream(join(out, name)) };
}
