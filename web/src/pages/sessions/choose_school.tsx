import { useState } from "react";
import { type Refusal, words } from "../../api/problem";
import { chooseSchool } from "../../api/session";
import type { Named } from "../../api/shapes";
import { Button } from "../../parts/Button";
import { ErrorSummary } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { problems, sign as text, titles } from "../../words/en";

export function ChooseSchool({ schools }: { schools: Named[] }) {
  const [refusal, setRefusal] = useState<Refusal>();
  const choose = async (school: string) => {
    const answer = await chooseSchool(school);
    if ("session" in answer) return;
    const offline = { slug: "offline", status: 0, words: problems.offline, fields: {} };
    setRefusal(answer.refused === "offline" ? offline : words(answer.refused));
  };
  return (
    <Page title={titles.signIn} heading={text.whichSchool} lead={text.whichSchoolLead} width="narrow">
      <ErrorSummary refusal={refusal} />
      {schools.map((school) => (
        <Button key={school.id} size="large" wide onClick={() => void choose(school.id)}>
          {school.name}
        </Button>
      ))}
    </Page>
  );
}
