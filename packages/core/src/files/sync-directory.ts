import { open } from "node:fs/promises";

/** Makes durable that files were created in, renamed in or removed from the directory. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
