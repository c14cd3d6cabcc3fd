/**
 * What has been typed and not yet arrived, encrypted on this device.
 *
 * Each value is AES-256-GCM under a key that this browser made and will not give out
 * (`extractable: false`, kept in IndexedDB), bound to its own name and to the member who wrote it.
 * So a copy of the browser's files shows nothing, one person's draft is never shown to the next at
 * the same desk, and a record that was moved or changed does not open.
 */

export type Kept = { id: string; savedAt: number };

type Row = { name: string; member: string; savedAt: number; iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer };

type Id = [member: string, name: string];

const KEEP_FOR = 14 * 86_400_000;
const isBeneath = (name: string) => name.includes("/");

type Connection = { database: IDBDatabase; key: CryptoKey };

export class DraftStore {
  private connection: Promise<Connection> | undefined;

  private constructor(
    private readonly member: string,
    private readonly now: () => number,
  ) {}

  /** Opens the store of one member; rejects where the browser offers no storage (private windows). */
  static async open(member: string, now: () => number = Date.now): Promise<DraftStore> {
    const store = new DraftStore(member, now);
    await store.dropOld();
    return store;
  }

  /** Keeps `value` under `name`, over whatever was there. */
  async put(name: string, value: unknown): Promise<void> {
    await this.seal(name, new TextEncoder().encode(JSON.stringify(value)));
  }

  /** What was kept under `name`, or nothing if it is absent or does not open. */
  async get<T>(name: string): Promise<T | undefined> {
    const bytes = await this.unseal(name);
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
  }

  async putFile(name: string, file: Blob): Promise<void> {
    await this.seal(name, new Uint8Array(await file.arrayBuffer()));
  }

  async getFile(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.unseal(name);
  }

  /** The names kept for this member that begin with `prefix`, the latest first; what lies beneath them is not listed. */
  async names(prefix: string): Promise<Kept[]> {
    const found: Kept[] = [];
    for (const id of await this.keys(IDBKeyRange.bound([this.member, prefix], [this.member, `${prefix}\uffff`]))) {
      const row = isBeneath(id[1]) ? undefined : await this.row(id);
      if (row) found.push({ id: row.name, savedAt: row.savedAt });
    }
    return found.sort((one, other) => other.savedAt - one.savedAt);
  }

  /** Forgets `name` and everything kept beneath it (`name/…`). */
  async remove(name: string): Promise<void> {
    await this.forget(this.member, name);
  }

  close(): void {
    void this.connection?.then(({ database }) => database.close());
  }

  /** A browser may shut the database beneath the page: a phone does so overnight. Then it is opened again. */
  private connect(): Promise<Connection> {
    const again = () => (this.connection = undefined);
    this.connection ??= openDatabase(again).catch((error: unknown) => {
      again();
      throw error;
    });
    return this.connection;
  }

  private bound(name: string): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(`safehold-draft\n${this.member}\n${name}`);
  }

  private async seal(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const algorithm = { name: "AES-GCM", iv, additionalData: this.bound(name) };
    const { database, key } = await this.connect();
    const sealed = await crypto.subtle.encrypt(algorithm, key, bytes);
    const row: Row = { name, member: this.member, savedAt: this.now(), iv, sealed };
    // Kept once it is on the disk, and not before: a full one is noticed at the end.
    const transaction = database.transaction("rows", "readwrite", { durability: "strict" });
    transaction.objectStore("rows").put(row);
    await committed(transaction);
  }

  private async unseal(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const row = await this.row([this.member, name]);
    if (!row) return undefined;
    const { key } = await this.connect();
    const algorithm = { name: "AES-GCM", iv: row.iv, additionalData: this.bound(name) };
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, row.sealed));
    } catch {
      return undefined;
    }
  }

  /** Drafts that nobody came back to, whoever's they are. What was sent off is kept until it has arrived. */
  private async dropOld(): Promise<void> {
    const drafts = (await this.keys()).filter(([, name]) => name.startsWith("draft:"));
    const whole = new Set(drafts.map((id) => id.join()));
    for (const [member, name] of drafts) {
      // A file goes with its draft; one that has none goes by itself.
      if (isBeneath(name) && whole.has([member, name.split("/")[0]].join())) continue;
      const row = await this.row([member, name]);
      if (row && this.now() - row.savedAt > KEEP_FOR) await this.forget(member, name);
    }
  }

  // Keys and single rows, never all rows: a file of 25 MB lies in each.
  private async keys(range?: IDBKeyRange): Promise<Id[]> {
    const { database } = await this.connect();
    return (await answer(rowsIn(database, "readonly").getAllKeys(range))) as Id[];
  }

  private async row(id: Id): Promise<Row | undefined> {
    const { database } = await this.connect();
    return answer<Row | undefined>(rowsIn(database, "readonly").get(id));
  }

  private async forget(member: string, name: string): Promise<void> {
    const { database } = await this.connect();
    const rows = rowsIn(database, "readwrite");
    // "0" is what comes after "/".
    const beneath = IDBKeyRange.bound([member, `${name}/`], [member, `${name}0`], false, true);
    await Promise.all([answer(rows.delete([member, name])), answer(rows.delete(beneath))]);
  }
}

function rowsIn(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction("rows", mode).objectStore("rows");
}

/** The browser's one database, and its key; `onClose` is called when the browser shuts it. */
async function openDatabase(onClose: () => void): Promise<Connection> {
  const request = indexedDB.open("safehold", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys");
    request.result.createObjectStore("rows", { keyPath: ["member", "name"] });
  };
  const database = await answer<IDBDatabase>(request, 5_000);
  database.onclose = onClose;
  return { database, key: await ownKey(database) };
}

/** The browser's one draft key. Two tabs that start together agree on the one that was added first. */
async function ownKey(database: IDBDatabase): Promise<CryptoKey> {
  const keys = () => database.transaction("keys", "readwrite").objectStore("keys");
  const kept = await answer<CryptoKey | undefined>(keys().get("drafts"));
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await answer(keys().add(fresh, "drafts")).catch(() => undefined);
  return (await answer<CryptoKey | undefined>(keys().get("drafts"))) ?? fresh;
}

const PATIENCE = 20_000; // milliseconds; a browser's database may not answer at all

function answer<T = unknown>(request: IDBRequest, patience = PATIENCE): Promise<T> {
  const asked = new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error ?? new Error("indexedDB"));
    };
  });
  return within(patience, asked);
}

function committed(transaction: IDBTransaction): Promise<void> {
  const over = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("indexedDB"));
  });
  return within(PATIENCE, over);
}

function within<T>(patience: number, asked: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), patience);
  });
  // A timer that ran on would hold what was answered, which may be a file of 25 MB.
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
