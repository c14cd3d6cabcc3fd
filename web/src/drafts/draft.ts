/**
 * What is being written, kept as it is typed: one draft a tab.
 *
 * ```text
 * opening ──► what an earlier visit left, if nobody has typed yet
 *        └──► a new one beside it, if somebody has, or if there is none
 * ```
 *
 * Whatever is done to the kept copy is done in the order in which it was asked for, so that a draft which was
 * thrown away does not come back by a keeping that had begun before.
 */
import { type Hold, hold as holdName } from "./hold";
import type { DraftStore } from "./store";

export type Attached = { id: string; name: string; type: string; size: number };
type Form = { files: Attached[] };
type Kept<F> = { fields: F; key: string };

export type Draft<F> = {
  fields: F;
  /** The idempotency key of what is on the screen. */
  key: string;
  files: ReadonlyMap<string, Blob>;
  savedAt: Date | undefined;
  /** When what is shown was last kept, if an earlier visit left it. */
  restoredFrom: Date | undefined;
  /** Whether it is known what an earlier visit left. */
  opened: boolean;
  /** What is on the screen is nowhere else. */
  cannotKeep: boolean;
};

const PAUSE = 400; // milliseconds without a keystroke before the draft is kept

export class DraftKeeper<F extends Form> {
  private store: DraftStore | undefined;
  private name: string | undefined;
  private release: () => void = () => undefined;
  private turn: Promise<void> = Promise.resolve();
  private passage: Promise<void> = Promise.resolve();
  private visit = 0;
  private unsaved = false;
  private readonly unkept = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private state: Draft<F>;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly empty: () => F,
    private readonly hasContent: (fields: F) => boolean,
    private readonly hold: Hold = holdName,
  ) {
    this.state = { ...this.blank(), opened: false, cannotKeep: false };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): Draft<F> => this.state;

  /** Takes up what an earlier visit left; without a store, only says that nothing is kept. */
  open(store: DraftStore | undefined): Promise<void> {
    const visit = ++this.visit;
    this.passage = this.passage.then(() => this.enter(store, () => this.visit !== visit));
    return this.passage;
  }

  /** Leaves it, kept as it is, to whoever opens it next. */
  close(): Promise<void> {
    this.visit += 1;
    clearTimeout(this.timer);
    this.passage = this.passage.then(async () => {
      await this.save();
      this.release();
      this.release = () => undefined;
    });
    return this.passage;
  }

  private async enter(store: DraftStore | undefined, isOver: () => boolean): Promise<void> {
    this.store = this.name = undefined;
    const found = store && (await this.find(store, isOver).catch(() => undefined));
    if (isOver()) return found?.release();
    if (!found) return this.become({ opened: true, cannotKeep: true });
    this.store = store;
    this.name = found.name;
    this.release = found.release;
    if (found.kept) {
      const { fields, key } = found.kept;
      const files = fields.files.filter(({ id }) => found.files.has(id));
      const at = new Date(found.savedAt);
      const whole = { ...this.empty(), ...fields, files };
      return this.become({ fields: whole, key, files: found.files, savedAt: at, restoredFrom: at, opened: true });
    }
    this.become({ opened: true });
    // What was typed and attached meanwhile.
    await this.keepFiles(this.state.files);
    await this.save();
  }

  change = (part: Partial<F>): void => {
    this.unsaved = true;
    this.become({ fields: { ...this.state.fields, ...part } });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), PAUSE);
  };

  attach = (added: { about: Attached; blob: Blob }[]): void => {
    const blobs = new Map(added.map(({ about, blob }) => [about.id, blob]));
    this.become({ files: new Map([...this.state.files, ...blobs]) });
    void this.keepFiles(blobs);
    this.changeFiles([...this.state.fields.files, ...added.map(({ about }) => about)]);
  };

  detach = (id: string): void => {
    const files = new Map(this.state.files);
    files.delete(id);
    this.become({ files });
    void this.inTurn((store, name) => {
      this.unkept.delete(id);
      return store.remove(`${name}/${id}`);
    });
    this.changeFiles(this.state.fields.files.filter((file) => file.id !== id));
  };

  /** Begins anew, and forgets what was kept. */
  clear = (): Promise<void> => {
    this.unsaved = false;
    this.unkept.clear();
    clearTimeout(this.timer);
    this.become(this.blank());
    return this.inTurn((store, name) => store.remove(name));
  };

  /** Shows this in place of what is there; it is kept, where that can be, once this resolves. */
  replace = async (fields: F, files: Map<string, Blob>): Promise<void> => {
    this.unsaved = true;
    this.become({ ...this.blank(), fields, files });
    await this.keepFiles(files);
    await this.save();
  };

  /** Keeps what has changed. */
  save = (): Promise<void> =>
    this.inTurn(async (store, name) => {
      if (!this.unsaved) return;
      this.unsaved = false;
      const { fields, key } = this.state;
      try {
        if (this.hasContent(fields)) await store.put(name, { fields, key } satisfies Kept<F>);
        else await store.remove(name);
      } catch (error) {
        this.unsaved = true;
        throw error;
      }
      if (this.state.key !== key) return; // thrown away meanwhile
      this.become({ savedAt: this.hasContent(fields) ? new Date() : undefined, cannotKeep: this.unkept.size > 0 });
    });

  /** The latest draft that no other tab holds, or a fresh name; that too if somebody has begun to type. */
  private async find(store: DraftStore, isOver: () => boolean) {
    for (const { id, savedAt } of await store.names("draft:")) {
      if (this.unsaved || isOver()) break;
      const release = await this.hold(id);
      if (!release) continue;
      const kept = await store.get<Kept<F>>(id);
      const files = kept && (await filesOf(store, id, kept.fields.files));
      if (kept && files && !this.unsaved) return { name: id, release, savedAt, kept, files };
      release();
    }
    const name = `draft:${crypto.randomUUID()}`;
    return { name, release: (await this.hold(name)) ?? (() => undefined), savedAt: 0, files: new Map<string, Blob>() };
  }

  private async keepFiles(files: ReadonlyMap<string, Blob>): Promise<void> {
    for (const [id, blob] of files) {
      await this.inTurn(async (store, name) => {
        this.unkept.add(id);
        await store.putFile(`${name}/${id}`, blob);
        this.unkept.delete(id);
      });
    }
  }

  private changeFiles(files: Attached[]): void {
    this.change({ files } as Partial<F>);
  }

  /** One after the other; one that fails is said on the screen, and does not keep the next from being tried. */
  private inTurn(act: (store: DraftStore, name: string) => Promise<void>): Promise<void> {
    const done = this.turn.then(async () => {
      if (this.store && this.name) await act(this.store, this.name);
    });
    this.turn = done.catch(() => this.become({ cannotKeep: true }));
    return this.turn;
  }

  private blank() {
    return {
      fields: this.empty(),
      key: crypto.randomUUID() as string,
      files: new Map<string, Blob>(),
      savedAt: undefined,
      restoredFrom: undefined,
    };
  }

  private become(part: Partial<Draft<F>>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}

async function filesOf(store: DraftStore, name: string, files: Attached[]): Promise<Map<string, Blob>> {
  const found = new Map<string, Blob>();
  for (const { id, type } of files) {
    const bytes = await store.getFile(`${name}/${id}`);
    if (bytes) found.set(id, new Blob([bytes], { type }));
  }
  return found;
}
