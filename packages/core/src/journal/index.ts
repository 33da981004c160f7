export { JournalFile, type JournalFileOptions } from "./journal-file.ts";
export type { JournalContent } from "./journal-lines.ts";
export { JournalWriter, type JournalWriterOptions } from "./journal-writer.ts";
