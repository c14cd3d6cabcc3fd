import { Select } from "../../parts/Field";
import { concerns as text } from "../../words/en.holder";
import { useCategories } from "./category_picker";

/** A category to filter by: both levels in one native list. */
export function CategorySelect({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const all = useCategories().data?.items ?? [];
  return (
    <Select label={text.category} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{text.any}</option>
      {all
        .filter((category) => !category.parent)
        .flatMap((top) => [top, ...all.filter((category) => category.parent === top.id)])
        .map((category) => (
          <option key={category.id} value={category.id}>
            {category.parent ? `– ${category.name}` : category.name}
          </option>
        ))}
    </Select>
  );
}
