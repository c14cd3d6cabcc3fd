import { useMe } from "../../app/me";
import { Link } from "../../app/router";
import { Notice } from "../../parts/Notice";
import { keyStanding as text } from "../../words/en.keys";
import { dateInFull } from "../../words/when";

/** What the school's keys want, if anything: said calmly, and only until it is done. */
export function KeyStanding() {
  const keys = useMe().data?.keys;
  if (!keys) return null;
  return (
    <>
      {keys.new_sheets_by && (
        <Notice tone="caution" heading={text.newSheets(dateInFull(keys.new_sheets_by.slice(0, 10)))}>
          {text.newSheetsHint}
        </Notice>
      )}
      {!keys.second_holder && (
        <Notice heading={text.secondHolder}>
          <p>
            {text.secondHolderHint} <Link href="/key-holders">{text.toHolders}</Link>
          </p>
        </Notice>
      )}
    </>
  );
}
