import type { ReceiptStatus } from "../../api/shapes";
import { Chip } from "../../parts/Chip";
import { receipts as text } from "../../words/en.member";

const TONES = { received: "plain", read: "accent", being_acted_on: "caution", closed: "good" } as const;

export function StatusChip({ status }: { status: ReceiptStatus }) {
  return <Chip tone={TONES[status]}>{text.status[status]}</Chip>;
}
