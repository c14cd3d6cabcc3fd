import { Choices, Group, TextField, Tick } from "../../parts/Field";
import { Row } from "../../parts/Form";
import { record as text } from "../../words/en";
import { dayAndTime, localDate } from "../../words/when";
import type { Fields, When } from "./fields";

const HOUR = 3_600_000;

/**
 * When it happened. Date and time are the browser's own fields: on a phone they open the picker that
 * its owner knows, and they cost nothing to download.
 */
export function WhenPicker({
  fields,
  error,
  onChange,
}: {
  fields: Fields;
  error: string | undefined;
  onChange: (part: Partial<Fields>) => void;
}) {
  const begun = new Date(fields.begunAt);
  const now = new Date();
  const today = localDate(now);
  const options: { value: When; label: string }[] = [
    { value: "now", label: now.getTime() - begun.getTime() > HOUR ? dayAndTime(begun) : text.when.now },
    { value: "today", label: text.when.today },
    { value: "another", label: text.when.another },
  ];
  return (
    <Group id="occurred_at" label={text.when.label} error={error}>
      <Choices value={fields.when} options={options} onChange={(when) => onChange({ when })} />
      {fields.when !== "now" && (
        <>
          <Row>
            {fields.when === "another" && (
              <TextField
                label={text.when.day}
                type="date"
                max={today}
                value={fields.date}
                onChange={(event) => onChange({ date: event.target.value })}
              />
            )}
            <TextField
              label={text.when.time}
              optional={fields.when === "another"}
              type="time"
              value={fields.time}
              onChange={(event) => onChange({ time: event.target.value })}
            />
          </Row>
          {fields.time && (
            <Tick
              label={text.when.about}
              checked={fields.about}
              onChange={(event) => onChange({ about: event.target.checked })}
            />
          )}
        </>
      )}
    </Group>
  );
}
