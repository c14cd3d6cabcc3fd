import { forget } from "../../api/session";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { sign as text } from "../../words/en";
import { Credentials } from "./credentials";

/** The sign-in over a page that is being written on. Only leaving on purpose leaves it. */
export function SignInAgain({ email }: { email: string }) {
  return (
    <Dialog heading={text.again} onClose={() => undefined} mayClose={false}>
      <p>{text.againLead}</p>
      <Credentials email={email} />
      <Button look="quiet" onClick={forget}>
        {text.notMe}
      </Button>
    </Dialog>
  );
}
