/** Tells how many bytes the files of the mounted database take. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export async function handler() {
  const folder = process.env.H2_PATH;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return { files: files.length, bytes: sizes.reduce((sum, { size }) => sum + size, 0) };
}
