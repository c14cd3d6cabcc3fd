/** The form's memory: kept as it is typed, taken up again on the next visit, one draft a tab. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { DraftStore } from "../../drafts/store";
import { type Attached, emptyFields, type Fields, hasContent } from "./fields";

type Kept = { fields: Fields; key: string };
const PAUSE = 400; // milliseconds without a keystroke before the draft is kept

export type Draft = {
  fields: Fields;
  change: (part: Partial<Fields>) => void;
  /** The idempotency key of what is on the screen. */
  key: string;
  files: Map<string, Blob>;
  attach: (added: { about: Attached; blob: Blob }[]) => void;
  detach: (id: string) => void;
  savedAt: Date | undefined;
  /** When what is shown was last kept, if an earlier visit left it. */
  restoredFrom: Date | undefined;
  cannotKeep: boolean;
  clear: () => Promise<void>;
  replace: (fields: Fields, files: Map<string, Blob>) => void;
};

export function useDraft(store: DraftStore | undefined, ready: boolean): Draft {
  const [fields, setFields] = useState(() => emptyFields(new Date()));
  const [key, setKey] = useState(() => crypto.randomUUID() as string);
  const [savedAt, setSavedAt] = useState<Date>();
  const [restoredFrom, setRestoredFrom] = useState<Date>();
  const [failed, setFailed] = useState(false);
  const name = useRef<string>(undefined);
  const files = useRef(new Map<string, Blob>());
  const latest = useRef({ fields, key });
  latest.current = { fields, key };
  const touched = useRef(false);

  useEffect(() => {
    if (!store) return;
    let release = () => undefined as void;
    let here = true;
    void claim(store).then(async (claimed) => {
      release = claimed.release;
      if (!here) return release();
      name.current = claimed.name;
      const { kept, savedAt: when } = claimed;
      // Whoever typed before the store had opened goes on with that; the older draft stays kept.
      if (!kept || touched.current) return;
      for (const { id, type } of kept.fields.files) {
        const bytes = await store.getFile(`${claimed.name}/${id}`);
        if (bytes) files.current.set(id, new Blob([bytes], { type }));
      }
      const present = kept.fields.files.filter(({ id }) => files.current.has(id));
      setFields({ ...emptyFields(new Date()), ...kept.fields, files: present });
      setKey(kept.key);
      setRestoredFrom(new Date(when));
      setSavedAt(new Date(when));
    });
    return () => {
      here = false;
      release();
    };
  }, [store]);

  const save = useCallback(async () => {
    if (!store || !name.current || !touched.current) return;
    touched.current = false;
    try {
      if (hasContent(latest.current.fields)) {
        await store.put(name.current, latest.current satisfies Kept);
        setSavedAt(new Date());
      } else {
        await store.remove(name.current);
        setSavedAt(undefined);
      }
    } catch {
      setFailed(true);
    }
  }, [store]);

  useEffect(() => {
    const timer = setTimeout(() => void save(), PAUSE);
    return () => clearTimeout(timer);
  }, [fields, save]);

  useEffect(() => {
    const flush = () => void save();
    document.addEventListener("visibilitychange", flush);
    window.addEventListener("pagehide", flush);
    return () => {
      document.removeEventListener("visibilitychange", flush);
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [save]);

  const change = useCallback((part: Partial<Fields>) => {
    touched.current = true;
    setFields((before) => ({ ...before, ...part }));
  }, []);

  const attach = (added: { about: Attached; blob: Blob }[]) => {
    for (const { about, blob } of added) {
      files.current.set(about.id, blob);
      if (store && name.current) void store.putFile(`${name.current}/${about.id}`, blob).catch(() => setFailed(true));
    }
    change({ files: [...latest.current.fields.files, ...added.map(({ about }) => about)] });
  };

  const detach = (id: string) => {
    files.current.delete(id);
    if (store && name.current) void store.remove(`${name.current}/${id}`).catch(() => undefined);
    change({ files: latest.current.fields.files.filter((file) => file.id !== id) });
  };

  const clear = useCallback(async () => {
    touched.current = false;
    files.current = new Map();
    setFields(emptyFields(new Date()));
    setKey(crypto.randomUUID());
    setRestoredFrom(undefined);
    setSavedAt(undefined);
    if (store && name.current) await store.remove(name.current).catch(() => undefined);
  }, [store]);

  const replace = (back: Fields, blobs: Map<string, Blob>) => {
    files.current = blobs;
    for (const [id, blob] of blobs) {
      if (store && name.current) void store.putFile(`${name.current}/${id}`, blob).catch(() => setFailed(true));
    }
    setKey(crypto.randomUUID());
    change(back);
  };

  return {
    fields,
    change,
    key,
    files: files.current,
    attach,
    detach,
    savedAt,
    restoredFrom,
    cannotKeep: failed || (ready && !store),
    clear,
    replace,
  };
}

type Claimed = { name: string; release: () => void; kept?: Kept; savedAt: number };

/** The latest draft that no other tab holds, or a fresh name. Held until the page is left. */
async function claim(store: DraftStore): Promise<Claimed> {
  for (const { id, savedAt } of await store.names("draft:")) {
    if (id.includes("/")) continue;
    const release = await hold(id);
    if (!release) continue;
    const kept = await store.get<Kept>(id);
    if (kept) return { name: id, release, kept, savedAt };
    release();
  }
  const name = `draft:${crypto.randomUUID()}`;
  return { name, release: (await hold(name)) ?? (() => undefined), savedAt: 0 };
}

function hold(name: string): Promise<(() => void) | undefined> {
  if (!("locks" in navigator)) return Promise.resolve(() => undefined);
  return new Promise((answer) => {
    void navigator.locks.request(`safehold-${name}`, { ifAvailable: true }, (lock) => {
      if (!lock) return answer(undefined);
      return new Promise<void>((release) => answer(release));
    });
  });
}
