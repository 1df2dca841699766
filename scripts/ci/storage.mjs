// Artifacts and caches of a CI service, as folders.
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

export class Storage {
  #folder;
  #artifacts = new Map();
  #caches = new Map();

  /** @param {string} folder where everything is kept */
  constructor(folder) {
    this.#folder = folder;
  }

  /** @throws {Error} for a name that is taken: one run has each artifact once */
  upload(name, path) {
    if (!/^[^":<>|*?\r\n\\/]+$/.test(name)) throw new Error(`no name for an artifact: ${name}`);
    if (this.#artifacts.has(name)) throw new Error(`there is an artifact called ${name} already`);
    if (!existsSync(path)) throw new Error(`${path} cannot be uploaded: it is not there`);
    this.#artifacts.set(name, this.#kept(path));
  }

  /** Folders of the artifacts whose names match, by name; `*` stands for anything. */
  artifacts(pattern) {
    const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const regex = new RegExp(`^${parts.join(".*")}$`);
    return new Map([...this.#artifacts].filter(([name]) => regex.test(name)));
  }

  /** A new run has the caches and no artifacts. */
  nextRun() {
    this.#artifacts.clear();
  }

  /** Caches are never overwritten. Keys are told apart together with the path. */
  save(key, path) {
    if (key.includes(",") || key.length > 512) throw new Error(`no key for a cache: ${key}`);
    if (!existsSync(path)) throw new Error(`${path} cannot be cached: it is not there`);
    if (!this.#caches.has(key)) this.#caches.set(key, this.#kept(path));
  }

  /** Caches of GitLab are overwritten. */
  replace(key, path) {
    this.#caches.delete(key);
    this.save(key, path);
  }

  /**
   * Put back what was saved under a key, or else the newest under a key that begins as one of the others.
   * @returns the key that was found
   */
  restore(key, others, path) {
    const newest = [...this.#caches.keys()].reverse();
    const found = [key, ...others.map((prefix) => newest.find((one) => one.startsWith(prefix)))].find(
      (one) => one !== undefined && this.#caches.has(one),
    );
    if (found === undefined) return undefined;
    const folder = this.#caches.get(found);
    mkdirSync(path, { recursive: true });
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const [from, to] = [join(folder, entry.name), join(path, entry.name)];
      // A whole node_modules is not copied for every job. Files are: a job may write to them.
      if (entry.isFile()) cpSync(from, to);
      else symlinkSync(from, to);
    }
    return found;
  }

  #kept(path) {
    mkdirSync(this.#folder, { recursive: true });
    const folder = join(this.#folder, String(readdirSync(this.#folder).length));
    cpSync(path, folder, { recursive: true, verbatimSymlinks: true });
    return folder;
  }
}
