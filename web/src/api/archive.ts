/** Several files as one: a roster is a handful of CSV files, and the server takes it as an archive. */

/** An archive (.zip) in which the files lie as they are, unpacked. */
export async function archiveOf(files: File[], name: string): Promise<File> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let place = 0;
  for (const file of files) {
    const content = new Uint8Array(await file.arrayBuffer());
    const called = new TextEncoder().encode(file.name);
    // From "version needed" to "extra field length", which both headers have (APPNOTE 4.3.7 and 4.3.12).
    const shared = numbers([2, 20], [2, NAMES_ARE_UTF8], [2, 0], [2, 0], [2, FIRST_DAY], [4, checksum(content)]).concat(
      numbers([4, content.length], [4, content.length], [2, called.length], [2, 0]),
    );
    const local = bytes(numbers([4, 0x04034b50]), shared, called);
    const rest = numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, place]);
    directory.push(bytes(numbers([4, 0x02014b50], [2, 20]), shared, rest, called));
    pieces.push(local, content);
    place += local.length + content.length;
  }
  const listed = directory.reduce((sum, entry) => sum + entry.length, 0);
  const count = files.length;
  const end = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, listed], [4, place], [2, 0]);
  return new File([...pieces, ...directory, bytes(end)], name, { type: "application/zip" });
}

const NAMES_ARE_UTF8 = 1 << 11;
/** 1 January 1980: when a file was written says nothing that anybody needs. */
const FIRST_DAY = 0x21;

/** Numbers of so many bytes each, the lowest first. */
function numbers(...all: [size: number, number: number][]): number[] {
  return all.flatMap(([size, number]) => Array.from({ length: size }, (_, at) => (number >>> (8 * at)) & 0xff));
}

function bytes(...parts: (number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** CRC-32, as archives have it. */
export function checksum(content: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of content) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 0xff] ?? 0);
  return (sum ^ 0xffffffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

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
