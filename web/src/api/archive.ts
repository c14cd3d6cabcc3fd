import { Zip, ZipPassThrough } from "fflate";

/** Several files as one: a roster is a handful of CSV files, and the server takes it as an archive. */

/** An archive (.zip) in which the files lie as they are, unpacked. */
export async function archiveOf(files: File[], name: string): Promise<File> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const archive = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece);
  });
  for (const file of files) {
    const entry = new ZipPassThrough(file.name);
    entry.mtime = FIRST_DAY;
    archive.add(entry);
    entry.push(new Uint8Array(await file.arrayBuffer()), true);
  }
  archive.end();
  return new File(pieces, name, { type: "application/zip" });
}

/** The first that an archive can say: when a file was written says nothing that anybody needs. */
const FIRST_DAY = new Date(1980, 0, 1);

/** What was dropped, with the files of a folder in its place. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // Both lists are emptied once the event is over: take them before anything waits.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  const folders = entries.filter((entry) => entry?.isDirectory) as FileSystemDirectoryEntry[];
  if (folders.length === 0) return files;
  return (await Promise.all(folders.map(filesOf))).flat();
}

async function filesOf(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    found.push(...some);
  }
  const files = found.filter((entry) => entry.isFile) as FileSystemFileEntry[];
  return Promise.all(files.map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))));
}
