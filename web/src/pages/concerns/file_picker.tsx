import { useId, useRef, useState } from "react";
import { Button } from "../../parts/Button";
import { Group } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { Notice } from "../../parts/Notice";
import { record as text } from "../../words/en";
import type { Attached } from "../../drafts/draft";
import styles from "./file_picker.module.css";

const MOST = 10;
const LARGEST = 25 * 1024 * 1024;

export function FilePicker({
  files,
  onAttach,
  onDetach,
}: {
  files: Attached[];
  onAttach: (added: { about: Attached; blob: Blob }[]) => void;
  onDetach: (id: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [left, setLeft] = useState<string>();
  const id = useId();

  const take = (list: FileList | null) => {
    const chosen = [...(list ?? [])];
    const large = chosen.find((file) => file.size > LARGEST);
    const fitting = chosen.filter((file) => file.size <= LARGEST).slice(0, MOST - files.length);
    const dropped = fitting.length < chosen.length;
    setLeft(large ? text.files.tooLarge(large.name) : dropped ? text.files.tooMany : undefined);
    onAttach(
      fitting.map((file) => ({
        about: { id: crypto.randomUUID(), name: file.name, type: file.type, size: file.size },
        blob: file,
      })),
    );
    if (input.current) input.current.value = "";
  };

  return (
    <Group label={text.files.label} hint={text.files.hint} optional>
      <Notice tone="caution">{text.files.injuries}</Notice>
      {left && (
        <Notice tone="danger" live>
          {left}
        </Notice>
      )}
      {files.length > 0 && (
        <ul className={styles.list}>
          {files.map((file) => (
            <li key={file.id}>
              <Icon name="clip" />
              <span className={styles.name}>{file.name}</span>
              <span className={styles.size}>{sizeOf(file.size)}</span>
              <Button look="quiet" aria-label={text.files.remove(file.name)} onClick={() => onDetach(file.id)}>
                <Icon name="cross" />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div>
        <input
          ref={input}
          id={id}
          type="file"
          multiple
          hidden
          tabIndex={-1}
          aria-label={text.files.add}
          onChange={(event) => take(event.target.files)}
        />
        <Button onClick={() => input.current?.click()} disabled={files.length >= MOST}>
          <Icon name="clip" />
          {text.files.add}
        </Button>
      </div>
    </Group>
  );
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
