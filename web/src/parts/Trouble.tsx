import { explain } from "../api/problem";
import { common } from "../words/en";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** Why a page's content did not come, and the way to ask again. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (!error) return null;
  const refusal = explain(error);
  return (
    <Notice tone={refusal.status === 404 ? "plain" : "caution"} live>
      <p>{refusal.words}</p>
      {onRetry && refusal.status !== 404 && (
        <p>
          <Button onClick={onRetry}>{common.tryAgain}</Button>
        </p>
      )}
    </Notice>
  );
}
